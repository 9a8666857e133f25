/** What every group store must do. */
@NullMarked
package org.fluidosgi.groupstore.testkit;

import org.jspecify.annotations.NullMarked;
