/** Node processes driven through their standard streams; shared by the demo and the integration tests. */
@NullMarked
package org.fluidosgi.launcher.process;

import org.jspecify.annotations.NullMarked;
