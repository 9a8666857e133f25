/** What commands give, as JSON. */
@NullMarked
package org.fluidosgi.shell.internal.json;

import org.jspecify.annotations.NullMarked;
