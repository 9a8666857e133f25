/** One framework over a group of machines. */
@Export
@Version("0.1.0")
@NullMarked
package org.fluidosgi.framework;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
