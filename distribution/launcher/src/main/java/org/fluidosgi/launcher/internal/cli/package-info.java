/** The verbs and their options. */
@NullMarked
package org.fluidosgi.launcher.internal.cli;

import org.jspecify.annotations.NullMarked;
