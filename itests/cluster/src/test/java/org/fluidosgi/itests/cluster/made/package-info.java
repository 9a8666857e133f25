/** Classes of bundles that tests make; they know the framework's API and each other. */
@NullMarked
package org.fluidosgi.itests.cluster.made;

import org.jspecify.annotations.NullMarked;
