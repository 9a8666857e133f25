/** Calls: bytes, dispatch, executor, routing; knows channels and codecs but no framework. */
@NullMarked
package org.fluidosgi.rsa.internal.core;

import org.jspecify.annotations.NullMarked;
