/** Nodes, their identity, and the multiplexed connection between each pair of them. */
@Export
@Version("0.1.0")
@NullMarked
package org.fluidosgi.channel;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
