/** A component of Declarative Services as a bundle of somebody else's would have it. */
@NullMarked
package org.fluidosgi.itests.guest.component;

import org.jspecify.annotations.NullMarked;
