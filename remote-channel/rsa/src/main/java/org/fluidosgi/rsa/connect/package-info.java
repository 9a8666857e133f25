/** Explicit connections to one other node: its services by reference, fetched and called without any group or registry. */
@Export
@Version("0.1.0")
@NullMarked
package org.fluidosgi.rsa.connect;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
