/** The agreed group store under random work and faults, held against what its clients saw. */
@NullMarked
package org.fluidosgi.simulation.groupstore;

import org.jspecify.annotations.NullMarked;
