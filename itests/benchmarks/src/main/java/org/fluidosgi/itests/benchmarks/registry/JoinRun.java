package org.fluidosgi.itests.benchmarks.registry;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.fluidosgi.registry.Interest;

/** A newcomer, again and again, in a group of many nodes inside this JVM: how long until it holds all their records, how fast it
 * looks up among them then, what a publication costs in a group so large. */
final class JoinRun {
  private static final int LOOKUPS = 5_000;
  private static final int WRITES = 500;

  private final int members;
  private final Records records;
  private final int rounds;
  private final double scale;
  private final Path work;
  private final Child.Out out;
  private final String place;

  JoinRun(int members, int records, int rounds, double scale, Path work, Child.Out out) {
    this.members = members;
    this.records = new Records(records);
    this.rounds = rounds;
    this.scale = scale;
    this.work = work;
    this.out = out;
    place = String.format(
        Locale.ROOT, ", %,d members in one JVM (memory engine), %,d records", members, records);
  }

  void run() throws Exception {
    MemoryGroup group = new MemoryGroup();
    List<BenchNode> nodes = new ArrayList<>();
    try (BenchNode newcomer = new BenchNode(members + 1, work)) {
      int each = records.count() / members;
      for (int i = 0; i < members; i++) {
        BenchNode node = new BenchNode(i + 1, work);
        nodes.add(node);
        node.publish(records, i * each, (i + 1) * each);
        node.join(group);
      }
      for (BenchNode node : nodes) {
        node.awaitMembers(members, records.count());
      }
      for (int round = 0; round < rounds; round++) {
        round(group, nodes.get(0), newcomer);
      }
    } finally {
      for (BenchNode node : nodes) {
        node.close();
      }
    }
  }

  private void round(MemoryGroup group, BenchNode oldest, BenchNode newcomer) throws Exception {
    long before = Heap.used();
    long began = System.nanoTime();
    newcomer.join(group);
    newcomer.awaitMembers(members + 1, records.count());
    long took = System.nanoTime() - began;
    oldest.awaitMembers(members + 1, records.count());
    figure("newcomer holds all", "ms", took / (double) TimeUnit.MILLISECONDS.toNanos(1));
    figure("heap per record held", "bytes", (Heap.used() - before) / (double) records.count());
    Timed looked = Timed.queued(
        newcomer.env(),
        (int) (LOOKUPS * scale),
        i -> newcomer
            .store()
            .scan(Interest.matching(Records.KIND, records.filter(i)), Records.CANDIDATES, null)
            .thenAccept(page -> Records.check("ours", page.records().size())));
    figure("look-up at the newcomer, 50 candidates, on its queue", "p50 us", looked.p50());
    int writes = (int) (WRITES * scale);
    int count = records.count();
    Timed published = Timed.here(
        writes,
        i -> newcomer
            .store()
            .publish(records.publication(count + i))
            .toCompletableFuture()
            .join());
    oldest.awaitMembers(members + 1, count + writes);
    figure("publish, until the publisher's own store shows it", "p50 us", published.p50());
    for (int i = 0; i < writes; i++) {
      newcomer
          .store()
          .withdraw(Records.KIND, "record-" + (count + i))
          .toCompletableFuture()
          .join();
    }
    newcomer.leave();
    oldest.awaitMembers(members, count);
  }

  private void figure(String what, String unit, double value) {
    out.figure(new Figure(what + place, unit, "ours", value, ""));
  }
}
