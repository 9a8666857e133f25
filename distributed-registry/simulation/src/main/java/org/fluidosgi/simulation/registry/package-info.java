/** The registry's core under random work and faults, held against a model. */
@NullMarked
package org.fluidosgi.simulation.registry;

import org.jspecify.annotations.NullMarked;
