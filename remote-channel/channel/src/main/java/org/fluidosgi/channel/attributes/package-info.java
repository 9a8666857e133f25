/** Typed attribute maps as bytes: how service and endpoint properties travel. */
@Export
@Version("0.1.0")
@NullMarked
package org.fluidosgi.channel.attributes;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
