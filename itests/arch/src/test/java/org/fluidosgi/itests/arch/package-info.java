/** The architecture's arrows as tests. */
@NullMarked
package org.fluidosgi.itests.arch;

import org.jspecify.annotations.NullMarked;
