package org.fluidosgi.itests.benchmarks.registry;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.fluidosgi.channel.Registration;
import org.fluidosgi.itests.benchmarks.figures.Figure;
import org.fluidosgi.itests.benchmarks.figures.Heap;
import org.fluidosgi.itests.benchmarks.figures.Timed;
import org.fluidosgi.registry.Interest;
import org.fluidosgi.registry.Publication;
import org.fluidosgi.registry.RegistryRecord;
import org.fluidosgi.registry.Sink;
import org.jspecify.annotations.Nullable;

/** A newcomer, again and again, in a group of many nodes inside this JVM: how long until it holds all their records, how fast it
 * looks up among them then, what a publication costs in a group so large. In memory, or with the engine of the product over loopback
 * sockets. */
final class JoinRun {
  private static final int LOOKUPS = 5_000;
  private static final int WRITES = 500;

  /** Most members on a few processors that keep the usual limits of silence. */
  private static final int IMPATIENT_MAX = 20;

  private static final int ARRIVALS = 300;
  private static final String ARRIVAL = "arrival";
  private static final long LONGEST_SECONDS = 60;

  private final @Nullable MemoryGroup group;
  private final int members;
  private final Records records;
  private final int rounds;
  private final double scale;
  private final Path work;
  private final Child.Out out;
  private final String place;
  private boolean measured;

  JoinRun(
      boolean memory,
      int members,
      int records,
      int rounds,
      double scale,
      Path work,
      Child.Out out) {
    group = memory ? new MemoryGroup() : null;
    this.members = members;
    this.records = new Records(records);
    this.rounds = rounds;
    this.scale = scale;
    this.work = work;
    this.out = out;
    place = String.format(
        Locale.ROOT,
        ", %,d members in one JVM (%s), %,d records",
        members,
        memory ? "memory engine" : "JGroups over the channel, loopback",
        records);
  }

  void run() throws Exception {
    List<BenchNode> nodes = new ArrayList<>();
    try {
      boolean patient = members > IMPATIENT_MAX;
      for (int i = 0; i < members; i++) {
        BenchNode node = new BenchNode(i + 1, work, i == 0 ? null : nodes.get(0), patient);
        nodes.add(node);
        node.publish(records, share(i), share(i + 1));
        node.join(group);
        node.awaitMembers(i + 1, share(i + 1));
      }
      for (BenchNode node : nodes) {
        node.awaitMembers(members, records.count());
      }
      try (BenchNode newcomer = new BenchNode(members + 1, work, nodes.get(0), patient)) {
        for (int round = 0; round <= rounds; round++) {
          measured = round > 0; // the first warms up
          round(nodes, newcomer);
        }
      }
    } finally {
      for (BenchNode node : nodes) {
        node.close();
      }
    }
  }

  /** First record of that member. */
  private int share(int member) {
    return (int) ((long) records.count() * member / members);
  }

  private void round(List<BenchNode> nodes, BenchNode newcomer) throws Exception {
    long before = Heap.used();
    long began = System.nanoTime();
    newcomer.join(group);
    newcomer.awaitMembers(members + 1, records.count());
    long took = System.nanoTime() - began;
    for (BenchNode node : nodes) {
      node.awaitMembers(members + 1, records.count());
    }
    figure("newcomer holds all", "ms", took / (double) TimeUnit.MILLISECONDS.toNanos(1));
    figure("heap per record held", "bytes", (Heap.used() - before) / (double) records.count());
    Timed looked = Timed.here(
        (int) (LOOKUPS * scale),
        i -> Records.check(
            "ours",
            newcomer
                .store()
                .scan(Interest.matching(Records.KIND, records.filter(i)), Records.CANDIDATES, null)
                .toCompletableFuture()
                .join()
                .records()
                .size()));
    figure("look-up at the newcomer, 50 candidates, from another thread", "p50 us", looked.p50());
    publications(nodes, newcomer);
    newcomer.leave();
    for (BenchNode node : nodes) {
      node.awaitMembers(members, records.count());
    }
  }

  private void publications(List<BenchNode> nodes, BenchNode newcomer) throws Exception {
    int writes = (int) (WRITES * scale);
    int count = records.count();
    long cpu = Timed.cpuNanos();
    Timed published = Timed.here(
        writes,
        i -> newcomer
            .store()
            .publish(records.publication(count + i))
            .toCompletableFuture()
            .join());
    for (BenchNode node : nodes) {
      node.awaitMembers(members + 1, count + writes);
    }
    figure("publish, until the publisher's own store shows it", "p50 us", published.p50());
    figure(
        "publish, until all members hold it, processor time of all of them",
        "CPU us",
        (Timed.cpuNanos() - cpu) / 1000.0 / writes);
    arrivals(nodes.get(0), newcomer, count + writes);
    for (int i = 0; i < writes; i++) {
      newcomer
          .store()
          .withdraw(Records.KIND, "record-" + (count + i))
          .toCompletableFuture()
          .join();
    }
  }

  /** One after the other: how long from a publication to the word of it at another member. */
  private void arrivals(BenchNode oldest, BenchNode newcomer, int first) throws Exception {
    int writes = (int) (ARRIVALS * scale);
    Semaphore arrived = new Semaphore(0);
    Arrivals sink = new Arrivals(arrived);
    Registration watching = oldest.store().subscribe(Interest.inKind(ARRIVAL), sink);
    Timed timed = Timed.here(writes, i -> {
      newcomer
          .store()
          .publish(Publication.of(ARRIVAL, "a" + i, Set.of(), records.attributes(first + i, 0)));
      if (!arrived.tryAcquire(LONGEST_SECONDS, TimeUnit.SECONDS)) {
        throw new IllegalStateException("a publication did not arrive");
      }
    });
    figure("publish, until a subscriber at another member hears of it", "p50 us", timed.p50());
    for (int i = 0; i < writes; i++) {
      newcomer.store().withdraw(ARRIVAL, "a" + i);
    }
    if (!arrived.tryAcquire(writes, LONGEST_SECONDS, TimeUnit.SECONDS)) {
      throw new IllegalStateException("a withdrawal did not arrive");
    }
    watching.close();
  }

  private record Arrivals(Semaphore arrived) implements Sink {
    @Override
    public void added(RegistryRecord record) {
      arrived.release();
    }

    @Override
    public void modified(RegistryRecord record, RegistryRecord before) {}

    @Override
    public void removed(RegistryRecord record) {
      arrived.release();
    }
  }

  private void figure(String what, String unit, double value) {
    if (measured) {
      out.figure(new Figure(what + place, unit, "ours", value, ""));
    }
  }
}
