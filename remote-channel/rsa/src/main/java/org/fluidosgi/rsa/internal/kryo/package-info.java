/** The codec fluid.java/1; the only package that touches Kryo. */
@NullMarked
package org.fluidosgi.rsa.internal.kryo;

import org.jspecify.annotations.NullMarked;
