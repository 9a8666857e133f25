/** What tests of the registry and of its engines share: the engine contract, and one queue in virtual time. */
@NullMarked
package org.fluidosgi.registry.testkit;

import org.jspecify.annotations.NullMarked;
