/** The node status service of this node, shared with the group. */
@NullMarked
package org.fluidosgi.clusterinfo.internal;

import org.jspecify.annotations.NullMarked;
