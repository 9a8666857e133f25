/** The only place that knows JGroups: its stack, its transport over the channel, its addresses. */
@NullMarked
package org.fluidosgi.jgroups.internal.jgroups;

import org.jspecify.annotations.NullMarked;
