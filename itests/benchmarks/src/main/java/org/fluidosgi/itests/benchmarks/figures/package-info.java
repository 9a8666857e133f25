/** What is measured, from the process that measures to the page. */
@NullMarked
package org.fluidosgi.itests.benchmarks.figures;

import org.jspecify.annotations.NullMarked;
