/** Weaving of virtual bundles' classes, so that they meet their virtual context. The only user of ASM. */
@NullMarked
package org.fluidosgi.framework.internal.weave;

import org.jspecify.annotations.NullMarked;
