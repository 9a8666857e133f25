package org.fluidosgi.simulation.groupstore;

import org.fluidosgi.groupstore.internal.raft.Limits;
import org.fluidosgi.groupstore.internal.raft.Sizes;

/** What a store and its process may hold. The figures are those of docs/limits.md, or less where the run's size says so. */
final class StoreBounds {
  /** Questions of the run's clients: two kinds about each key. */
  private static final int ASKING_MAX = 12;

  /** MicroRaft keeps some entries before its snapshot for those who are slow, and has so many more under way. */
  private static final int LOG_ENTRIES_MORE = 250;

  private static final int PIECES_MAX = 8;

  /** The run's entries are small: a rewritten log of them is no longer. */
  private static final long LOG_BYTES_MORE = 200_000;

  /** Timers of a process beside those that there is one of per question. */
  private static final int TIMERS_MAX = 60;

  private static final int TASKS_MAX = 1_000;

  private StoreBounds() {}

  /** Holds at every moment in which the process does not hang, nor did a moment ago. */
  static void check(StoreNode node) {
    Sizes sizes = node.store.sizes();
    Limits limits = node.group.options.limits();
    int nodes = node.group.ids();
    boolean caughtUp = node.process.sinceHang() > 1_000_000_000L;
    if (sizes.asking() > ASKING_MAX
        || sizes.following() > 2 * nodes
        || sizes.wishes() > nodes
        || sizes.changes() > limits.changesMax()
        || sizes.logEntries() > limits.snapshotEntries() + LOG_ENTRIES_MORE
        || sizes.pieces() > PIECES_MAX
        || sizes.logBytes() > 2 * limits.compactBytesMin() + LOG_BYTES_MORE
        || node.timers() > TIMERS_MAX + 10 * nodes
        || (caughtUp && node.loop.waiting() + node.owner.waiting() > TASKS_MAX)) {
      node.fail(
          "bounds",
          "holds " + sizes + ", " + node.timers() + " timers, " + node.loop.waiting() + " and "
              + node.owner.waiting() + " tasks");
    }
  }
}
