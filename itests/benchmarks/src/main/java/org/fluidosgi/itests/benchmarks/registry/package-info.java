/** Measures the registry beside the host frameworks' own registries and beside data grids. */
@NullMarked
package org.fluidosgi.itests.benchmarks.registry;

import org.jspecify.annotations.NullMarked;
