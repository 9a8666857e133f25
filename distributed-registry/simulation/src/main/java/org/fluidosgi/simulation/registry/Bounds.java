package org.fluidosgi.simulation.registry;

import org.fluidosgi.registry.internal.core.StoreSizes;

/** What a store and its process may hold. The figures are those of protocol-registry, or less where the run's size says so. */
final class Bounds {
  private static final int AHEAD_MAX = 10_000;
  private static final int READS_MAX = 8;
  private static final int SNAPSHOTS_MAX = 8;

  /** Timers of a process beside those that there is one of per member or request. */
  private static final int TIMERS_MAX = 16;

  /** Timers of a process in which nothing goes on: the store's digest, the look at leases, the engine's heartbeat, and one more of digest
   * and heartbeat while a replaced one runs out. */
  private static final int TIMERS_LEFT_MAX = 5;

  private Bounds() {}

  /** Holds at every moment. */
  static void check(RegistryNode node) {
    StoreSizes sizes = node.store.sizes();
    int members = node.store.membership().view().members().size();
    int others = members - 1;
    int ids = node.run.ids();
    if (sizes.owners() != others
        || sizes.writesAhead() > AHEAD_MAX * others
        || sizes.reading() > READS_MAX
        || sizes.reading() + sizes.readsWaiting() > others
        || sizes.snapshotsKept() > SNAPSHOTS_MAX
        || sizes.livesKept() > ids
        || sizes.warned() > 8 * ids
        || node.timers() > TIMERS_MAX + 6 * ids) {
      node.fail("bounds", "holds " + sizes + ", " + node.timers() + " timers, members " + members);
    }
  }

  /** Holds once all agree: nothing is left of what went wrong. Returns what is, or an empty text. */
  static String leftOver(RegistryNode node) {
    StoreSizes sizes = node.store.sizes();
    boolean clean = sizes.writesAhead() == 0
        && sizes.reading() == 0
        && sizes.readsWaiting() == 0
        && sizes.recordsRead() == 0
        && node.timers() <= TIMERS_LEFT_MAX;
    return clean ? "" : node + " still holds " + sizes + " and " + node.timers() + " timers";
  }
}
