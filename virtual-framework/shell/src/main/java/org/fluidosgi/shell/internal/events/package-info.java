/** What happens in the group, followed live. */
@NullMarked
package org.fluidosgi.shell.internal.events;

import org.jspecify.annotations.NullMarked;
