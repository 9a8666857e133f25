package org.fluidosgi.itests.benchmarks.registry;

import org.fluidosgi.itests.benchmarks.figures.Figure;
import org.fluidosgi.itests.benchmarks.figures.Timed;

/** The same records, look-ups and writes as {@link LookupRun}'s in a data grid. */
final class GridRun {
  private static final int LOOKUPS = 5_000;
  private static final int WRITES = 3_000;
  private static final int WARM_UPS = 3;

  private final String peer;
  private final Records records;
  private final double scale;
  private final Child.Out out;

  /** A grid's map of records. */
  interface Grid {
    /** Puts that many records before anything is measured. */
    default void fill(int count) {
      for (int i = 0; i < count; i++) {
        put(i, 0);
      }
    }

    /** How many writes to measure. */
    default int writes() {
      return WRITES;
    }

    /** Puts or replaces record i. */
    void put(int i, int version);

    void remove(int i);

    /** How many records look-up i finds. */
    int find(int i);
  }

  GridRun(String peer, Records records, double scale, Child.Out out) {
    this.peer = peer;
    this.records = records;
    this.scale = scale;
    this.out = out;
  }

  void run(Grid grid) throws Exception {
    grid.fill(records.count());
    int lookups = (int) (LOOKUPS * scale);
    int writes = (int) (grid.writes() * scale);
    Timed.here((int) (WARM_UPS * LOOKUPS * scale), i -> look(grid, i));
    Timed looked = Timed.here(lookups, i -> look(grid, i));
    for (boolean measured : new boolean[] {false, true}) {
      Timed modified = Timed.here(writes, i -> grid.put(i, measured ? 2 : 1));
      Timed published = Timed.here(writes, i -> grid.put(records.count() + i, 0));
      for (int i = 0; i < writes; i++) {
        grid.remove(records.count() + i);
      }
      if (measured) {
        figure(LookupRun.LOOKUP, "p50 us", looked.p50());
        figure(LookupRun.LOOKUP, "CPU us", looked.cpu());
        figure(LookupRun.PUBLISH, "p50 us", published.p50());
        figure(LookupRun.MODIFY, "p50 us", modified.p50());
      }
    }
  }

  private void look(Grid grid, int i) {
    Records.check(peer, grid.find(i));
  }

  private void figure(String what, String unit, double value) {
    out.figure(new Figure(what, unit, peer, value, LookupRun.waiting("felix")));
  }
}
