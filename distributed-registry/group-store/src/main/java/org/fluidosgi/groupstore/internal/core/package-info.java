/** The group store of a node that decides alone: a checksummed log on its own disk. */
@NullMarked
package org.fluidosgi.groupstore.internal.core;

import org.jspecify.annotations.NullMarked;
