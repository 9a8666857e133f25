/** A cluster engine in a simulated world, no friendlier than JGroups on our channel. */
@NullMarked
package org.fluidosgi.simulation.engine;

import org.jspecify.annotations.NullMarked;
