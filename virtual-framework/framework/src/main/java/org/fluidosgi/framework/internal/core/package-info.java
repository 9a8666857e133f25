/** Ids, ordinals, content and messages of the virtual framework: no OSGi, no network. */
@NullMarked
package org.fluidosgi.framework.internal.core;

import org.jspecify.annotations.NullMarked;
