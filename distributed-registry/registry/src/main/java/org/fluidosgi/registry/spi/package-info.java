/** What carries the registry: an engine for membership and ordered multicast. */
@Export
@Version("0.1.0")
@NullMarked
package org.fluidosgi.registry.spi;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
