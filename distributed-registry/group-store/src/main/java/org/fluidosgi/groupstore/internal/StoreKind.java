package org.fluidosgi.groupstore.internal;

import java.io.IOException;
import java.util.concurrent.Executor;
import org.fluidosgi.groupstore.GroupStore;

/** One of the ways to keep the group's entries, between being opened and closed. */
interface StoreKind {
  /** Opens the store; on the disk thread, which it may go on using.
   * Errors: IOException naming the file and what to do. */
  GroupStore open(Executor diskThread) throws IOException;

  /** Last words to other nodes while everything still runs; may wait a few seconds. */
  default void leave() {}

  /** Closes what was opened; on the disk thread. */
  void close();
}
