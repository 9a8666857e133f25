/** What the suite and its counterpart say to each other; each bundle holds a copy. */
@Export
@Version("1.0.0")
@NullMarked
package org.fluidosgi.itests.conformance.api;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
