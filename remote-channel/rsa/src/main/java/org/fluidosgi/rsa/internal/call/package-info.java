/** Calls: bytes, dispatch, executor, routing; knows channels, codecs and descriptions, but registers nothing. */
@NullMarked
package org.fluidosgi.rsa.internal.call;

import org.jspecify.annotations.NullMarked;
