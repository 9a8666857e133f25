/** Hides imported services of incompatible package versions. */
@NullMarked
package org.fluidosgi.rsa.internal.hooks;

import org.jspecify.annotations.NullMarked;
