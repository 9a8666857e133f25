@org.jspecify.annotations.NullMarked
package org.fluidosgi.groupstore.internal.raft;
