/** What the verbs share. */
@NullMarked
package org.fluidosgi.launcher.internal;

import org.jspecify.annotations.NullMarked;
