/** What others plug into the distribution provider: codecs and call routing. */
@Export
@Version("0.1.0")
@NullMarked
package org.fluidosgi.rsa.spi;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
