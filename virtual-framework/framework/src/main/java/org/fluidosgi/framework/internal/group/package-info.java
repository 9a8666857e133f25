/** The group as one framework: nodes, bundles and services from records, operations over the channel, host bundles below. */
@NullMarked
package org.fluidosgi.framework.internal.group;

import org.jspecify.annotations.NullMarked;
