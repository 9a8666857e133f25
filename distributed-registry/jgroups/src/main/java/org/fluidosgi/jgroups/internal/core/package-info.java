/** What the engine does around JGroups: joining, links, verdicts on closed channels, delivery. Knows nothing of JGroups. */
@NullMarked
package org.fluidosgi.jgroups.internal.core;

import org.jspecify.annotations.NullMarked;
