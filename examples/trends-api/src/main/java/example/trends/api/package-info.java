/** The most used hashtags of a region. */
@Export
@Version("1.0.0")
@NullMarked
package example.trends.api;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
