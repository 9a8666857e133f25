/** The service that tests call across nodes. */
@Export
@Version("1.1.0")
@NullMarked
package org.fluidosgi.itests.probe.api;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
