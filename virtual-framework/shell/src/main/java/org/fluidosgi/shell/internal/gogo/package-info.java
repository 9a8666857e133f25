/** What the shell bundle offers to Gogo where Gogo is there. */
@NullMarked
package org.fluidosgi.shell.internal.gogo;

import org.jspecify.annotations.NullMarked;
