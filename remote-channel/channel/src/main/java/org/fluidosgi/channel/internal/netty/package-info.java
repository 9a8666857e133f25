/** The protocol core on Netty: the only package that knows it. */
@NullMarked
package org.fluidosgi.channel.internal.netty;

import org.jspecify.annotations.NullMarked;
