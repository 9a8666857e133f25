/** Entries that outlive their writer, agreed on by the group. */
@Export
@Version("0.1.0")
@NullMarked
package org.fluidosgi.groupstore;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
