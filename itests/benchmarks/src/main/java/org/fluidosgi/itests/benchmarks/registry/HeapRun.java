package org.fluidosgi.itests.benchmarks.registry;

import java.nio.file.Path;
import org.fluidosgi.itests.benchmarks.figures.Figure;
import org.fluidosgi.itests.benchmarks.figures.Heap;

/** What a node's heap grows by with the records of another one. */
final class HeapRun {
  private static final int RECORDS = 10_000;

  private final Path work;
  private final Child.Out out;

  HeapRun(Path work, Child.Out out) {
    this.work = work;
    this.out = out;
  }

  void run() throws Exception {
    MemoryGroup group = new MemoryGroup();
    try (BenchNode owner = new BenchNode(1, work);
        BenchNode holder = new BenchNode(2, work)) {
      long empty = Heap.used();
      owner.publish(new Records(RECORDS), 0, RECORDS);
      owner.join(group);
      owner.awaitMembers(1, RECORDS);
      long published = Heap.used();
      holder.join(group);
      holder.awaitMembers(2, RECORDS);
      owner.awaitMembers(2, RECORDS);
      long held = Heap.used();
      figure("heap per record of one's own", published - empty);
      figure("heap per record held of another node", held - published);
    }
  }

  private void figure(String what, long bytes) {
    out.figure(new Figure(what + ", of 10,000", "bytes", "ours", (double) bytes / RECORDS, ""));
  }
}
