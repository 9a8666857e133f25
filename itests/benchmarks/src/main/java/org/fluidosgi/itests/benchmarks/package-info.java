/** Measures remote calls of several peers side by side. */
@NullMarked
package org.fluidosgi.itests.benchmarks;

import org.jspecify.annotations.NullMarked;
