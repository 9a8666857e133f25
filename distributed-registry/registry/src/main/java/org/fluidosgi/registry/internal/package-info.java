/** Wiring of the registry into a framework: services, engines, the condition. */
@NullMarked
package org.fluidosgi.registry.internal;

import org.jspecify.annotations.NullMarked;
