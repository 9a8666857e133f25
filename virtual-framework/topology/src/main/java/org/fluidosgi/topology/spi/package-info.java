/** What others may tell the topology manager. */
@Export
@Version("0.1.0")
@NullMarked
package org.fluidosgi.topology.spi;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
