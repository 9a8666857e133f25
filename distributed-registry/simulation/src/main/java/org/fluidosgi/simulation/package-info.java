/** Whole groups of nodes in one thread and in virtual time, all from a seed; see docs/simulation.md. */
@NullMarked
package org.fluidosgi.simulation;

import org.jspecify.annotations.NullMarked;
