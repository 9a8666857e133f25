/** A servlet as a bundle of somebody else's would have it. */
@NullMarked
package org.fluidosgi.itests.guest.servlet;

import org.jspecify.annotations.NullMarked;
