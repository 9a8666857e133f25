/** The service that every peer offers. */
@Export
@Version("1.0.0")
@NullMarked
package org.fluidosgi.itests.benchmarks.api;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
