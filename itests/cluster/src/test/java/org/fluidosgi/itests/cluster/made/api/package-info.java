/** What made bundles share. */
@NullMarked
package org.fluidosgi.itests.cluster.made.api;

import org.jspecify.annotations.NullMarked;
