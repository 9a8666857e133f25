/** The bundle that the conformance suite looks at, on the same node or another. */
@NullMarked
package org.fluidosgi.itests.counterpart.internal;

import org.jspecify.annotations.NullMarked;
