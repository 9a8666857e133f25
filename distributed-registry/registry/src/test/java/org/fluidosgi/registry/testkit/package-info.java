/** What tests of the registry and of its engines share: the engine contract and a simulated group. */
@NullMarked
package org.fluidosgi.registry.testkit;

import org.jspecify.annotations.NullMarked;
