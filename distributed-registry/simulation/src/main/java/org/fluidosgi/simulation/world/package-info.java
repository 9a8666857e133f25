/** Virtual time, processes and the network between them. Knows nothing of what runs in them. */
@NullMarked
package org.fluidosgi.simulation.world;

import org.jspecify.annotations.NullMarked;
