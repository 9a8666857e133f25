package org.fluidosgi.registry.internal.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.awaitility.Awaitility;
import org.fluidosgi.channel.Incarnation;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.registry.Interest;
import org.fluidosgi.registry.Publication;
import org.fluidosgi.registry.RecordId;
import org.fluidosgi.registry.RegistryRecord;
import org.fluidosgi.registry.Sink;
import org.fluidosgi.registry.internal.OsgiFilters;
import org.fluidosgi.registry.testkit.EventSink;
import org.fluidosgi.registry.testkit.ThreadEnv;
import org.fluidosgi.registry.testkit.Warnings;
import org.junit.jupiter.api.Test;

class ChangeStreamTest {
  private static final NodeId OWNER = new NodeId(new UUID(0, 1));

  private final EventSink sink = new EventSink();
  private final Deque<Runnable> tasks = new ArrayDeque<>();
  private long nanos;
  private final ChangeStream stream =
      new ChangeStream("a test", () -> nanos, sink, tasks::add, () -> false);

  private static RegistryRecord written(String name, int life, long seq) {
    return new RegistryRecord(
        new RecordId(OWNER, "k", name),
        new Incarnation(new UUID(9, life), life),
        0,
        seq,
        RegistryRecord.Scope.GROUP,
        Duration.ZERO,
        1,
        Set.of(),
        Map.of());
  }

  private List<String> take() {
    int before = sink.events.size();
    while (!tasks.isEmpty()) {
      tasks.remove().run();
    }
    assertEquals(List.of(), sink.violations);
    return sink.events.subList(before, sink.events.size());
  }

  @Test
  void nothingIsToldBeforeTheSnapshotIsWhole() {
    stream.added(written("a", 1, 1));
    stream.added(written("b", 1, 2));
    assertEquals(0, tasks.size());
    stream.complete(3);
    assertEquals(List.of("+a", "+b", "!"), take());
  }

  @Test
  void ownerThatWasAwayChangedNothing() {
    RegistryRecord told = written("a", 1, 1);
    stream.added(told);
    stream.complete(1);
    take();
    stream.removed(told);
    stream.added(written("a", 1, 1));
    assertEquals(0, stream.waiting());
    assertEquals(List.of(), take());
    assertSame(told, sink.known.get(told.id()));
  }

  /** Services of an earlier life are other services. All of it goes before any of the new one comes. */
  @Test
  void newLifeIsRemovalAndAddition() {
    List<RegistryRecord> before = List.of(written("a", 1, 1), written("b", 1, 2));
    before.forEach(stream::added);
    stream.complete(1);
    take();
    for (int life = 2; life <= 4; life++) {
      before.forEach(stream::removed);
      before = List.of(written("b", life, 1), written("a", life, 2));
      before.forEach(stream::added);
    }
    assertEquals(4, stream.waiting());
    assertEquals(List.of("-a", "-b", "+b", "+a"), take());
    assertEquals(Set.copyOf(before), Set.copyOf(sink.known.values()));
  }

  @Test
  void lastTruthHoldsOverLivesAndAbsences() {
    for (long seed = 1; seed <= 300; seed++) {
      Random random = new Random(seed);
      Lives lives = new Lives(random);
      EventSink told = new EventSink();
      Deque<Runnable> waiting = new ArrayDeque<>();
      ChangeStream to =
          new ChangeStream("seed " + seed, () -> 0, new Loose(told), waiting::add, () -> false);
      to.complete(1);
      for (int step = 0; step < 150; step++) {
        lives.step(to);
        assertTrue(to.waiting() <= lives.shown.size() + told.known.size(), "seed " + seed);
        if (random.nextInt(8) == 0 && !waiting.isEmpty()) {
          waiting.remove().run();
        }
      }
      while (!waiting.isEmpty()) {
        waiting.remove().run();
      }
      assertEquals(List.of(), told.violations, "seed " + seed);
      assertEquals(
          Set.copyOf(lives.shown.values()), Set.copyOf(told.known.values()), "seed " + seed);
    }
  }

  /** An owner that writes, leaves, comes back, restarts. */
  private static final class Lives {
    final Map<String, RegistryRecord> shown = new HashMap<>();
    private final Random random;
    private int life = 1;
    private long seq;

    Lives(Random random) {
      this.random = random;
    }

    void step(Sink to) {
      switch (random.nextInt(12)) {
        case 0 -> {
          List<RegistryRecord> away = new ArrayList<>(shown.values());
          away.forEach(to::removed);
          away.forEach(to::added);
        }
        case 1 -> {
          shown.values().forEach(to::removed);
          shown.clear();
          life++;
          seq = 0;
        }
        default -> write(to, "r" + random.nextInt(6));
      }
    }

    private void write(Sink to, String name) {
      RegistryRecord before = shown.get(name);
      if (before != null && random.nextBoolean()) {
        shown.remove(name);
        to.removed(before);
        return;
      }
      RegistryRecord now = written(name, life, ++seq);
      shown.put(name, now);
      if (before == null) {
        to.added(now);
      } else {
        to.modified(now, before);
      }
    }
  }

  /** Checks besides that a record is never changed from one life to another, and that two lives never show at once. */
  private record Loose(EventSink to) implements Sink {
    @Override
    public void added(RegistryRecord record) {
      to.added(record);
      check();
    }

    @Override
    public void modified(RegistryRecord record, RegistryRecord before) {
      if (!record.incarnation().equals(before.incarnation())) {
        to.violations.add("changed its life: " + record);
      }
      to.modified(record, before);
    }

    @Override
    public void removed(RegistryRecord record) {
      to.removed(record);
    }

    @Override
    public void complete(long epoch) {
      to.complete(epoch);
    }

    private void check() {
      if (to.known.values().stream().map(RegistryRecord::incarnation).distinct().count() > 1) {
        to.violations.add("shows two lives: " + to.known.values());
      }
    }
  }

  @Test
  void endIsPassedOnToTheStore() {
    int[] closed = {0};
    for (boolean late : new boolean[] {true, false}) {
      ChangeStream refused = new ChangeStream(
          "a test",
          () -> nanos,
          sink,
          task -> {
            throw new IllegalStateException("shut down");
          },
          () -> false);
      if (late) {
        refused.complete(1);
      }
      refused.from(() -> closed[0]++);
      refused.complete(2);
    }
    assertEquals(2, closed[0]);
  }

  @Test
  void warnsOnceOfASubscriberThatDoesNotTake() {
    try (Warnings warnings = new Warnings("org.fluidosgi.registry")) {
      stream.complete(1);
      stream.added(written("a", 1, 1));
      nanos += ChangeStream.LAG_MAX.toNanos() - 1;
      stream.added(written("b", 1, 2));
      assertEquals(List.of(), warnings.about("a test"));
      nanos += 1;
      stream.added(written("c", 1, 3));
      stream.added(written("d", 1, 4));
      assertEquals(1, warnings.about("a test has not taken").size());
    }
  }

  @Test
  void warnsOnceOfASubscriberThatKeepsTheQueueWaiting() {
    try (Warnings warnings = new Warnings("org.fluidosgi.registry")) {
      Sink blocking = new Sink() {
        @Override
        public void added(RegistryRecord record) {
          nanos += record.seq() * TimedSink.CALL_MAX.toNanos();
        }

        @Override
        public void modified(RegistryRecord record, RegistryRecord before) {}

        @Override
        public void removed(RegistryRecord record) {}
      };
      TimedSink timed = new TimedSink("a test", () -> nanos, blocking);
      timed.added(written("a", 1, 1));
      assertEquals(List.of(), warnings.about("a test"));
      timed.added(written("b", 1, 2));
      timed.added(written("c", 1, 3));
      assertEquals(
          1, warnings.about("a test kept the registry waiting for 2000 ms").size());
    }
  }

  @Test
  void subscriberThatBlocksAThreadDelaysNobody() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try (ThreadEnv env = new ThreadEnv("n1")) {
      ReplicaStore store = new ReplicaStore(
          "n1",
          OWNER,
          new Incarnation(new UUID(9, 1), 1),
          env,
          new OsgiFilters(),
          Duration.ofSeconds(5));
      EventSink blocked = new EventSink();
      store.subscribe(
          Interest.inKind("k"),
          new Sink() {
            @Override
            public void added(RegistryRecord record) {
              try {
                go.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              blocked.added(record);
            }

            @Override
            public void modified(RegistryRecord record, RegistryRecord before) {
              blocked.modified(record, before);
            }

            @Override
            public void removed(RegistryRecord record) {
              blocked.removed(record);
            }
          },
          thread);
      for (int i = 0; i < 1_000; i++) {
        store
            .publish(Publication.of("k", "a" + i % 7, Set.of(), Map.of("i", i)))
            .toCompletableFuture()
            .join();
      }
      assertEquals(
          7,
          store
              .scan(Interest.inKind("k"), 10, null)
              .toCompletableFuture()
              .join()
              .records()
              .size());
      go.countDown();
      Awaitility.await()
          .untilAsserted(() -> assertEquals(
              Set.of(993, 994, 995, 996, 997, 998, 999),
              thread
                  .submit(() -> Set.copyOf(blocked.known.values().stream()
                      .map(each -> each.attributes().get("i"))
                      .toList()))
                  .get()));
      assertEquals(List.of(), blocked.violations);
      assertEquals(List.of(), env.failures);
      store.close();
    } finally {
      thread.shutdownNow();
    }
  }
}
