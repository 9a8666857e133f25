/** The channel protocol without a network: frames, handshake, tables of nodes, streams and calls. Imports only java.*. */
@NullMarked
package org.fluidosgi.channel.internal.core;

import org.jspecify.annotations.NullMarked;
