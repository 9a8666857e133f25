/** Shell commands as a bundle of somebody else's would have them. */
@NullMarked
package org.fluidosgi.itests.guest.commands;

import org.jspecify.annotations.NullMarked;
