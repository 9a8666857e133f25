/** Reads and writes the group store on command. */
@NullMarked
package org.fluidosgi.itests.storeprobe;

import org.jspecify.annotations.NullMarked;
