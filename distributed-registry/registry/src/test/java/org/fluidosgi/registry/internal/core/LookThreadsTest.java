package org.fluidosgi.registry.internal.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.fluidosgi.channel.Incarnation;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.registry.Attributes;
import org.fluidosgi.registry.Interest;
import org.fluidosgi.registry.Page;
import org.fluidosgi.registry.Publication;
import org.fluidosgi.registry.RecordId;
import org.fluidosgi.registry.RegistryRecord;
import org.fluidosgi.registry.internal.OsgiFilters;
import org.fluidosgi.registry.testkit.ThreadEnv;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Threads that look by themselves while the task queue writes: each look is one moment. */
class LookThreadsTest {
  private static final NodeId SELF = new NodeId(new UUID(0, 1));
  private static final NodeId PEER = new NodeId(new UUID(0, 2));
  private static final Incarnation LIFE = new Incarnation(new UUID(9, 1), 1);
  private static final Incarnation PEER_LIFE = new Incarnation(new UUID(9, 2), 1);
  private static final int KEYS = 40;
  private static final int CHANGES = 4_000;
  private static final int RECORDS = 20;
  private static final int VIEWS = 400;

  private final ThreadEnv env = new ThreadEnv("look");
  private final ReplicaStore store =
      new ReplicaStore("n1", SELF, LIFE, env, new OsgiFilters(), Duration.ofMinutes(5));

  @AfterEach
  void close() {
    store.close();
    env.close();
    assertEquals(List.of(), env.failures);
  }

  /** What readers found while the changes were made. */
  private final class Readers implements AutoCloseable {
    private final AtomicBoolean end = new AtomicBoolean();
    private final AtomicInteger atOnce = new AtomicInteger();
    private final Set<Integer> sizes = Collections.synchronizedSet(new TreeSet<>());
    private final List<Thread> threads = new ArrayList<>();
    private final CompletableFuture<Void> failed = new CompletableFuture<>();

    Readers(Interest interest) {
      for (int i = 0; i < 2; i++) {
        Thread thread = new Thread(() -> read(interest), "test-reader-" + i);
        threads.add(thread);
        thread.start();
      }
    }

    private void read(Interest interest) {
      try {
        while (!end.get()) {
          CompletableFuture<Page> page = store.scan(interest, 100, null).toCompletableFuture();
          if (page.isDone()) {
            atOnce.incrementAndGet();
          }
          sizes.add(page.join().records().size());
        }
      } catch (RuntimeException | Error e) {
        failed.completeExceptionally(e);
      }
    }

    @Override
    public void close() throws InterruptedException {
      end.set(true);
      for (Thread thread : threads) {
        thread.join();
      }
      failed.complete(null);
      failed.join();
    }
  }

  @Test
  void aRecordThatMovesFromKeyToKeyIsAlwaysFoundOnce() throws Exception {
    publish(0);
    Set<String> keys = new TreeSet<>();
    for (int i = 0; i < KEYS; i++) {
      keys.add("key" + i);
    }
    Readers readers = new Readers(new Interest("k", keys, null));
    try (readers) {
      for (int i = 1; i < CHANGES; i++) {
        publish(i);
      }
      while (readers.atOnce.get() < 100 && !readers.failed.isDone()) {
        Thread.onSpinWait();
      }
    }
    assertEquals(Set.of(1), Set.copyOf(readers.sizes));
    assertTrue(readers.atOnce.get() > 0);
  }

  private void publish(int i) {
    store
        .publish(Publication.of("k", "wanderer", Set.of("key" + i * 7 % KEYS), Map.of("i", i)))
        .toCompletableFuture()
        .join();
  }

  @Test
  void anOwnersRecordsComeAndGoTogether() throws Exception {
    ScriptedEngine engine = new ScriptedEngine(SELF);
    engine.answer = request -> CompletableFuture.completedFuture(peersRecords());
    engine.start(store.attach(engine));
    Readers readers = new Readers(Interest.inKind("k"));
    try (readers) {
      for (int i = 0; i < VIEWS; i++) {
        engine.view(SELF, PEER);
        engine.handler.onMessage(
            PEER, MessageCodec.encode(new RegistryMessage.Digest(PEER_LIFE, RECORDS, RECORDS, -1)));
        awaitRecords(RECORDS);
        engine.view(SELF);
        awaitRecords(0);
      }
    }
    assertEquals(Set.of(0, RECORDS), Set.copyOf(readers.sizes));
    assertTrue(readers.atOnce.get() > 0);
  }

  private void awaitRecords(int count) {
    while (store.inventory().toCompletableFuture().join().kinds().getOrDefault("k", 0) != count) {
      Thread.onSpinWait();
    }
  }

  private static byte[] peersRecords() {
    List<byte[]> records = new ArrayList<>();
    for (int i = 1; i <= RECORDS; i++) {
      records.add(RecordCodec.encode(
          new RegistryRecord(
              new RecordId(PEER, "k", "r" + i),
              PEER_LIFE,
              0,
              i,
              RegistryRecord.Scope.GROUP,
              Duration.ZERO,
              1,
              Set.of(),
              Map.of()),
          Attributes.encode(Map.of())));
    }
    return MessageCodec.encode(
        new RegistryMessage.SnapshotChunk(PEER_LIFE, RECORDS, RECORDS, 0, records));
  }
}
