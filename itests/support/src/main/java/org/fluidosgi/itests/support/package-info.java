/** Test tools that know none of our bundles. */
@NullMarked
package org.fluidosgi.itests.support;

import org.jspecify.annotations.NullMarked;
