/** Wires the engine to the framework. */
@NullMarked
package org.fluidosgi.jgroups.internal;

import org.jspecify.annotations.NullMarked;
