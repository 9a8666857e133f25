/** What a node must be able to do for the virtual framework. */
@Export
@Version("0.1.0")
@NullMarked
package org.fluidosgi.framework.spi;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
