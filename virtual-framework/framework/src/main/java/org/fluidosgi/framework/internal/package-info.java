/** What the halves of the virtual framework share: the group's bundles on one side, the woven host bundles on the other. */
@NullMarked
package org.fluidosgi.framework.internal;

import org.jspecify.annotations.NullMarked;
