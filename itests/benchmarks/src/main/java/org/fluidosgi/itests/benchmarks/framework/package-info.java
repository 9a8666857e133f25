/** Measures virtual contexts beside the host's own, and a group of many virtual bundles. Nothing here knows classes of OSGi. */
@NullMarked
package org.fluidosgi.itests.benchmarks.framework;

import org.jspecify.annotations.NullMarked;
