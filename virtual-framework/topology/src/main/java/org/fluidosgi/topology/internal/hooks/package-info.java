/** Service hooks of the topology manager: they only note what is asked for. */
@NullMarked
package org.fluidosgi.topology.internal.hooks;

import org.jspecify.annotations.NullMarked;
