/** Leads what MicroRaft logs to System.Logger. */
@NullMarked
package org.fluidosgi.groupstore.internal.slf4j;

import org.jspecify.annotations.NullMarked;
