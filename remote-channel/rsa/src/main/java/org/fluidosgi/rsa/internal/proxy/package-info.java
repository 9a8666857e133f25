/** The service factory that is defined a second time in a loader of bundle 0. */
@NullMarked
package org.fluidosgi.rsa.internal.proxy;

import org.jspecify.annotations.NullMarked;
