/** Virtual bundles of this node and their contexts, in front of host bundles and host contexts. */
@NullMarked
package org.fluidosgi.framework.internal.context;

import org.jspecify.annotations.NullMarked;
