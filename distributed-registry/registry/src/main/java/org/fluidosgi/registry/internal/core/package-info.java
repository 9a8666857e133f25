/** The registry's protocol core: records, replication and membership on one task queue, free of OSGi and of threads. */
@NullMarked
package org.fluidosgi.registry.internal.core;

import org.jspecify.annotations.NullMarked;
