/** Activator of the bundle. */
@NullMarked
package org.fluidosgi.channel.internal;

import org.jspecify.annotations.NullMarked;
