/** Shopping carts by customer. */
@Export
@Version("1.0.0")
@NullMarked
package example.cart.api;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
