package org.fluidosgi.groupstore.internal.raft;

/** What a new leader proposes first, so that all before it is decided. */
record NewTerm() {}
