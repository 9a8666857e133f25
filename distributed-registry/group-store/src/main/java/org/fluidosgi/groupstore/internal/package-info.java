/** Wiring of the group store into a framework. */
@NullMarked
package org.fluidosgi.groupstore.internal;

import org.jspecify.annotations.NullMarked;
