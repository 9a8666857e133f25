/** Topology manager: exports and imports through Remote Service Admin, one task queue owns all state. */
@NullMarked
package org.fluidosgi.topology.internal;

import org.jspecify.annotations.NullMarked;
