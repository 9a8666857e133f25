/** The narrated demonstration. */
@NullMarked
package org.fluidosgi.launcher.internal.demo;

import org.jspecify.annotations.NullMarked;
