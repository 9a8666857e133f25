/** Commands of scope {@code fluid}: typed results that also read well as text. */
@NullMarked
package org.fluidosgi.shell.internal;

import org.jspecify.annotations.NullMarked;
