/** Typed attribute maps as CBOR; the only place that knows Jackson. */
@NullMarked
package org.fluidosgi.channel.internal.cbor;

import org.jspecify.annotations.NullMarked;
