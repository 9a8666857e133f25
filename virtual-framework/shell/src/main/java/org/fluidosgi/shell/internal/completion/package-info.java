/** What may be typed next. */
@NullMarked
package org.fluidosgi.shell.internal.completion;

import org.jspecify.annotations.NullMarked;
