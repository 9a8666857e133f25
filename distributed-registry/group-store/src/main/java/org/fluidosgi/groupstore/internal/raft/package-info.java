/** The agreed store on MicroRaft, which is used nowhere else. */
@NullMarked
package org.fluidosgi.groupstore.internal.raft;

import org.jspecify.annotations.NullMarked;
