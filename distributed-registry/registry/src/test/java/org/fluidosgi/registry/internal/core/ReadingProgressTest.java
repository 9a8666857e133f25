package org.fluidosgi.registry.internal.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.logging.Level;
import org.fluidosgi.channel.Incarnation;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.registry.Attributes;
import org.fluidosgi.registry.Inventory;
import org.fluidosgi.registry.RecordId;
import org.fluidosgi.registry.RegistryRecord;
import org.fluidosgi.registry.internal.OsgiFilters;
import org.fluidosgi.registry.testkit.Simulation;
import org.fluidosgi.registry.testkit.Warnings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A joiner that reads ten records, one to a chunk, each taking a while. */
class ReadingProgressTest {
  private static final NodeId SELF = new NodeId(new UUID(0, 1));
  private static final NodeId PEER = new NodeId(new UUID(0, 2));
  private static final Incarnation LIFE = new Incarnation(new UUID(9, 2), 1);
  private static final int RECORDS = 10;

  private final Simulation simulation = new Simulation(1);
  private final ScriptedEngine engine = new ScriptedEngine(SELF);
  private final Warnings logged = new Warnings("org.fluidosgi.registry", Level.INFO);
  private final ReplicaStore store = new ReplicaStore(
      "n1",
      SELF,
      new Incarnation(new UUID(9, 1), 1),
      simulation.env(),
      new OsgiFilters(),
      Duration.ofMinutes(5));

  @AfterEach
  void close() {
    logged.close();
    assertEquals(List.of(), simulation.failures());
  }

  private void join(Duration perChunk) {
    engine.answer = request -> answer(request, perChunk);
    engine.start(store.attach(engine));
    engine.view(SELF, PEER);
    simulation.advance(Replication.SILENCE_MAX.plusMillis(1)); // then a silent member is asked
  }

  private CompletionStage<byte[]> answer(byte[] request, Duration perChunk) {
    CompletableFuture<byte[]> answer = new CompletableFuture<>();
    simulation.schedule(perChunk, () -> answer.complete(chunk(request)));
    return answer;
  }

  private static byte[] chunk(byte[] request) {
    try {
      int offset = ((RegistryMessage.SnapshotRequest) MessageCodec.decode(request)).offset();
      RegistryRecord record = new RegistryRecord(
          new RecordId(PEER, "k", "r" + offset),
          LIFE,
          0,
          offset + 1,
          RegistryRecord.Scope.GROUP,
          Duration.ZERO,
          1,
          Set.of(),
          Map.of());
      return MessageCodec.encode(new RegistryMessage.SnapshotChunk(
          LIFE,
          RECORDS,
          RECORDS,
          offset,
          List.of(RecordCodec.encode(record, Attributes.encode(Map.of())))));
    } catch (UnknownMessageException e) {
      throw new AssertionError(e);
    }
  }

  private Inventory.Owner peer() {
    CompletionStage<Inventory> asked = store.inventory();
    simulation.until(
        "an answer", Duration.ZERO, () -> asked.toCompletableFuture().isDone());
    return asked.toCompletableFuture().join().owners().get(1);
  }

  @Test
  void slowReadingSaysHowFarItIs() {
    join(Duration.ofMillis(400));
    assertEquals(new Inventory.Reading(0, 0), peer().reading());
    simulation.advance(Duration.ofMillis(1650));
    assertEquals(new Inventory.Reading(4, 10), peer().reading());
    assertEquals(false, peer().known());
    simulation.advance(Duration.ofSeconds(5));
    assertEquals(null, peer().reading());
    assertEquals(10, peer().records());
    List<String> said = new ArrayList<>();
    for (int i : new int[] {3, 6, 9}) {
      said.add("n1: reading the records of " + PEER + ": " + i + " of 10");
    }
    assertEquals(said, logged.about("reading the records"));
    assertEquals(
        List.of("n1: read 10 records of " + PEER + " in 4000 ms"), logged.about("n1: read 10"));
  }

  @Test
  void quickReadingSaysNothing() {
    join(Duration.ofMillis(20));
    simulation.advance(Duration.ofSeconds(5));
    assertEquals(10, peer().records());
    assertEquals(List.of(), logged.about("n1: read"));
  }
}
