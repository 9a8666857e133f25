/** What the pages of docs say of the code, as tests: the architecture's arrows, excerpts. */
@NullMarked
package org.fluidosgi.itests.arch;

import org.jspecify.annotations.NullMarked;
