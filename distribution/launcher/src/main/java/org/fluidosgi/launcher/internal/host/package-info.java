/** One framework: loaded beside the framework's jar, away from the command line's libraries. */
@NullMarked
package org.fluidosgi.launcher.internal.host;

import org.jspecify.annotations.NullMarked;
