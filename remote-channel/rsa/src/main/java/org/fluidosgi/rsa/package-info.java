/** The configuration type {@code fluid.channel}: names that appear in endpoint and service properties. */
@Export
@Version("0.1.0")
@NullMarked
package org.fluidosgi.rsa;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
