/** The command line of Fluid OSGi; a plain program outside any framework. */
@NullMarked
package org.fluidosgi.launcher;

import org.jspecify.annotations.NullMarked;
