/** Records of the whole group: who publishes what, searched locally, gone with their owner. */
@Export
@Version("0.1.0")
@NullMarked
package org.fluidosgi.registry;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
