/** What woven classes of virtual bundles call. Not for other use.
 * Never substituted: woven classes import it from the very bundle that wove them. */
@Export(substitution = Export.Substitution.NOIMPORT)
@Version("0.1.0")
@NullMarked
package org.fluidosgi.framework.weave;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
