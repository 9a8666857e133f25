package org.fluidosgi.registry.internal.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.fluidosgi.channel.Incarnation;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.registry.Attributes;
import org.fluidosgi.registry.Interest;
import org.fluidosgi.registry.RecordId;
import org.fluidosgi.registry.RegistryRecord;
import org.fluidosgi.registry.RegistryStore;
import org.fluidosgi.registry.internal.OsgiFilters;
import org.fluidosgi.registry.testkit.EventSink;
import org.fluidosgi.registry.testkit.Simulation;
import org.fluidosgi.registry.testkit.Warnings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A member that floods costs bounded memory and time and one warning, disturbs no other member, and is known again when it stops. */
class FloodTest {
  private static final NodeId SELF = new NodeId(new UUID(0, 1));
  private static final NodeId FLOOD = new NodeId(new UUID(0, 2));
  private static final NodeId OTHER = new NodeId(new UUID(0, 3));
  private static final Incarnation LIFE = new Incarnation(new UUID(9, 2), 1);
  private static final Incarnation OTHERS_LIFE = new Incarnation(new UUID(9, 3), 1);
  private static final int LARGE_BYTES = 200 * 1024;

  private final Simulation simulation = new Simulation(1);
  private final ScriptedEngine engine = new ScriptedEngine(SELF);
  private final Warnings warnings = new Warnings("org.fluidosgi.registry");
  private final EventSink sink = new EventSink();
  private final ReplicaStore store = new ReplicaStore(
      "n1",
      SELF,
      new Incarnation(new UUID(9, 1), 1),
      simulation.env(),
      new OsgiFilters(),
      Duration.ofMinutes(5));

  @BeforeEach
  void join() {
    engine.messageBytesMax = 512 * 1024;
    store.subscribe(Interest.inKind("k"), sink);
    engine.start(store.attach(engine));
    engine.view(SELF, FLOOD, OTHER);
    run();
    hear(FLOOD, digest(LIFE, 0, 0, 0));
    hear(OTHER, digest(OTHERS_LIFE, 0, 0, 0));
    run();
  }

  /** Whatever the one does, the other is heard. */
  @AfterEach
  void otherMemberIsHeard() {
    hear(OTHER, put(OTHERS_LIFE, 1, "other", 10));
    run();
    assertTrue(sink.known.containsKey(new RecordId(OTHER, "k", "other")));
    assertEquals(0, store.sizes().bytesDelivered());
    assertEquals(List.of(), simulation.failures());
    assertEquals(List.of(), sink.violations);
    warnings.close();
  }

  private void run() {
    simulation.advance(Duration.ofMillis(1));
  }

  private void hear(NodeId from, byte[] message) {
    engine.handler.onMessage(from, message);
  }

  private static byte[] digest(Incarnation life, long seq, int count, long hash) {
    return MessageCodec.encode(new RegistryMessage.Digest(life, seq, count, hash));
  }

  private static byte[] record(Incarnation life, long seq, String name, int bytes) {
    RegistryRecord record = new RegistryRecord(
        new RecordId(FLOOD, "k", name),
        life,
        0,
        seq,
        RegistryRecord.Scope.GROUP,
        Duration.ZERO,
        1,
        Set.of(),
        Map.of());
    return RecordCodec.encode(record, Attributes.encode(Map.of("x", new byte[bytes])));
  }

  private static byte[] put(Incarnation life, long seq, String name, int bytes) {
    return MessageCodec.encode(new RegistryMessage.Put(life, seq, record(life, seq, name, bytes)));
  }

  private static CompletionStage<byte[]> snapshot(long seq, byte[]... records) {
    return CompletableFuture.completedFuture(MessageCodec.encode(
        new RegistryMessage.SnapshotChunk(LIFE, seq, records.length, 0, List.of(records))));
  }

  private int known() {
    return (int)
        sink.known.keySet().stream().filter(id -> id.owner().equals(FLOOD)).count();
  }

  @Test
  void writesBeyondWhatMayWaitAreDroppedAndReadLater() {
    int writes = 1_000;
    for (int i = 1; i <= writes; i++) {
      hear(FLOOD, put(LIFE, i, "same", LARGE_BYTES)); // no task runs meanwhile
    }
    long waiting = store.sizes().bytesDelivered();
    assertTrue(waiting <= Inflow.SENDER_BYTES_MAX && waiting > Inflow.SENDER_BYTES_MAX / 2);
    hear(OTHER, put(OTHERS_LIFE, 1, "other", 10));
    engine.answer = request -> snapshot(writes, record(LIFE, writes, "same", 10));
    run();
    assertEquals(0, store.sizes().bytesDelivered());
    assertEquals(1, warnings.about("sends faster than this node can follow").size());
    hear(FLOOD, digest(LIFE, writes, 1, 0));
    simulation.advance(Duration.ofSeconds(1));
    assertEquals(writes, sink.known.get(new RecordId(FLOOD, "k", "same")).seq());
  }

  @Test
  void requestsBeyondWhatIsAnsweredAreRefused() {
    byte[] request = MessageCodec.encode(new RegistryMessage.SnapshotRequest(LIFE, -1, 0));
    assertEquals(Replication.ASKS_MAX, answered(request, 5_000));
    assertEquals(1, warnings.about("asks for snapshots more than").size());
    simulation.advance(Replication.ASKS_SPAN.dividedBy(2));
    assertEquals(Replication.ASKS_MAX / 2.0, answered(request, 5_000), 2);
    simulation.advance(Replication.ASKS_SPAN.multipliedBy(5));
    assertEquals(Replication.ASKS_MAX, answered(request, 5_000));
    assertEquals(1, warnings.about("asks for snapshots more than").size());
  }

  private int answered(byte[] request, int times) {
    List<CompletionStage<byte[]>> answers = new ArrayList<>();
    for (int i = 0; i < times; i++) {
      answers.add(engine.handler.onRequest(FLOOD, request));
    }
    run();
    assertTrue(answers.stream().allMatch(each -> each.toCompletableFuture().isDone()));
    return (int) answers.stream()
        .filter(each -> !each.toCompletableFuture().isCompletedExceptionally())
        .count();
  }

  @Test
  void digestsThatAlwaysDisagreeAreReadAFewTimes() {
    engine.answer = request -> snapshot(1, record(LIFE, 1, "a", 10));
    floodFor(Duration.ofSeconds(10), i -> digest(LIFE, 1, 1, i));
    assertEquals(1, known());
  }

  @Test
  void writesOfAnOwnerThatDoesNotAnswerAreAskedForAFewTimes() {
    engine.answer = request -> CompletableFuture.failedFuture(new IllegalStateException("no"));
    floodFor(Duration.ofSeconds(10), i -> put(LIFE, i + 2, "a", 10));
    assertTrue(store.sizes().writesAhead() <= OwnerState.AHEAD_MAX);
    engine.answer = request -> snapshot(20_000, record(LIFE, 20_000, "a", 10));
    simulation.advance(Duration.ofSeconds(1));
    hear(FLOOD, digest(LIFE, 20_000, 1, 0));
    simulation.advance(Duration.ofSeconds(2));
    assertEquals(1, known());
    assertEquals(0, store.sizes().writesAhead());
  }

  private void floodFor(Duration span, java.util.function.IntFunction<byte[]> message) {
    int asked = engine.requests.size();
    for (int i = 0; i < span.toMillis(); i++) {
      hear(FLOOD, message.apply(i));
      run();
    }
    int requests = engine.requests.size() - asked;
    assertTrue(requests <= 2 * SnapshotReading.READINGS_MAX, requests + " requests");
    assertEquals(1, warnings.about("had to be read").size());
  }

  @Test
  void writesAheadHaveALimitInBytes() {
    engine.answer = request -> new CompletableFuture<>();
    for (int i = 2; i < 1_000; i++) {
      hear(FLOOD, put(LIFE, i, "a" + i, LARGE_BYTES));
      run();
    }
    long ahead = (long) store.sizes().writesAhead() * LARGE_BYTES;
    assertTrue(ahead > 0 && ahead <= OwnerState.AHEAD_BYTES_MAX, ahead + " bytes");
  }

  @Test
  void recordsBeyondTheLimitAreNotTaken() {
    engine.answer = request -> CompletableFuture.failedFuture(new IllegalStateException("no"));
    int most = RegistryStore.RECORDS_PER_OWNER_MAX;
    for (int i = 1; i <= most + 100; i++) {
      hear(FLOOD, put(LIFE, i, "a" + i, 0));
      if (i % 1_000 == 0) {
        run();
      }
    }
    run();
    assertEquals(most, known());
    assertEquals(1, warnings.about("malformed message from " + FLOOD).size());
    engine.answer = request -> snapshot(most + 200, record(LIFE, most + 200, "back", 0));
    hear(FLOOD, digest(LIFE, most + 200, 1, 0));
    simulation.advance(Duration.ofSeconds(20));
    assertEquals(1, known());
    assertFalse(store.sizes().writesAhead() > 0);
  }
}
