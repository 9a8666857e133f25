/** Groups of real processes. */
@NullMarked
package org.fluidosgi.itests.cluster;

import org.jspecify.annotations.NullMarked;
