/** Exercises a bundle context and a bundle, whichever they are, against what the core specification says of them. */
@NullMarked
package org.fluidosgi.itests.conformance.internal;

import org.jspecify.annotations.NullMarked;
