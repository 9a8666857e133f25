/** Classes of the virtual bundles that are made for a run. */
@NullMarked
package org.fluidosgi.itests.benchmarks.framework.tiny;

import org.jspecify.annotations.NullMarked;
