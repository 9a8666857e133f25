/** What runs beside one kind of host framework: each kind has its own copy of these classes. */
@NullMarked
package org.fluidosgi.itests.benchmarks.framework.inside;

import org.jspecify.annotations.NullMarked;
