@org.jspecify.annotations.NullMarked
package org.fluidosgi.itests.benchmarks.figures;
