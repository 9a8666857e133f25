/** What clients of a store did and saw, and whether one store can have answered so. */
@NullMarked
package org.fluidosgi.history;

import org.jspecify.annotations.NullMarked;
