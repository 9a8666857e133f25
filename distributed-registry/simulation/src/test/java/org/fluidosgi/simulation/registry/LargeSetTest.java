package org.fluidosgi.simulation.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.fluidosgi.channel.Incarnation;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.registry.Interest;
import org.fluidosgi.registry.Publication;
import org.fluidosgi.registry.RecordId;
import org.fluidosgi.registry.RegistryRecord;
import org.fluidosgi.registry.Sink;
import org.fluidosgi.registry.internal.OsgiFilters;
import org.fluidosgi.registry.internal.core.ReplicaStore;
import org.fluidosgi.simulation.engine.SimulatedEngine;
import org.fluidosgi.simulation.engine.SimulatedGroup;
import org.fluidosgi.simulation.world.SimulatedNetwork;
import org.fluidosgi.simulation.world.SimulatedProcess;
import org.fluidosgi.simulation.world.SimulatedWorld;
import org.junit.jupiter.api.Test;

/** A newcomer reads more than fits into one message, and loses it all with its owner. */
class LargeSetTest {
  private static final int COUNT = 1_500;

  private final SimulatedWorld world = new SimulatedWorld(1);
  private final SimulatedGroup group = new SimulatedGroup(world, new SimulatedNetwork(world));
  private final Map<RecordId, RegistryRecord> known = new HashMap<>();
  private int modified;

  private record Node(ReplicaStore store, SimulatedEngine engine, SimulatedProcess process) {}

  private Node node(int number) {
    NodeId id = new NodeId(new UUID(0, number));
    SimulatedProcess process = new SimulatedProcess(world, "n" + number, 1);
    ReplicaStore store = new ReplicaStore(
        "n" + number,
        id,
        new Incarnation(new UUID(1, number), 1),
        process.thread(),
        new OsgiFilters(),
        Duration.ofSeconds(5));
    SimulatedEngine engine = group.engine(id, process);
    engine.start(store.attach(engine));
    return new Node(store, engine, process);
  }

  @Test
  void newcomerReadsItInChunks() {
    Node one = node(1);
    String kilobyte = "x".repeat(1_000);
    for (int i = 0; i < COUNT; i++) {
      one.store.publish(Publication.of("big", "r" + i, Set.of("all"), Map.of("text", kilobyte)));
    }
    // The longest record there can be.
    one.store.publish(Publication.of("big", "huge", Set.of(), Map.of("bytes", new byte[261_900])));
    world.advance(Duration.ofSeconds(1));
    Node two = node(2);
    two.store.subscribe(Interest.inKind("big"), new Sink() {
      @Override
      public void added(RegistryRecord record) {
        known.put(record.id(), record);
      }

      @Override
      public void modified(RegistryRecord record, RegistryRecord before) {
        modified++;
      }

      @Override
      public void removed(RegistryRecord record) {
        known.remove(record.id());
      }
    });
    assertTrue(world.until(Duration.ofSeconds(4), () -> known.size() == COUNT + 1), "all there");
    one.process.kill();
    group.crash(one.engine, false);
    assertTrue(world.until(Duration.ofSeconds(4), known::isEmpty), "all gone");
    assertEquals(0, modified);
  }
}
