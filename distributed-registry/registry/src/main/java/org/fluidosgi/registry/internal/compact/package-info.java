/** What keeps many records small. */
@NullMarked
package org.fluidosgi.registry.internal.compact;

import org.jspecify.annotations.NullMarked;
