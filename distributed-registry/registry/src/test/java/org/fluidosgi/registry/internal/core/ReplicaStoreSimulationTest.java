package org.fluidosgi.registry.internal.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.fluidosgi.channel.Incarnation;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.registry.testkit.SimulatedGroup;
import org.fluidosgi.registry.testkit.Simulation;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whole groups in virtual time, from a seed: writes, losses, repeats, partitions, crashes and restarts. */
class ReplicaStoreSimulationTest {
  private static final int SEEDS = 200 * Integer.getInteger("fluid.test.rounds", 1);
  private static final int STEPS = 60;

  /** Seeds in bundles of ten, so that a failure names a short list and the report stays readable. */
  static List<Integer> seeds() {
    List<Integer> first = new ArrayList<>();
    for (int seed = 0; seed < SEEDS; seed += 10) {
      first.add(seed);
    }
    return first;
  }

  @ParameterizedTest(name = "seeds from {0}")
  @MethodSource("seeds")
  void groupsAgreeAfterEverything(int first) {
    for (int seed = first; seed < first + 10; seed++) {
      try {
        new Run(seed).play();
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
      }
    }
  }

  private static final class Run {
    final Simulation simulation;
    final SimulatedGroup group;
    final Random random;
    final Map<NodeId, SimulatedNode> alive = new TreeMap<>();
    final Map<NodeId, List<SimulatedNode>> lives = new HashMap<>();
    int values;

    Run(long seed) {
      simulation = new Simulation(seed);
      group = new SimulatedGroup(simulation);
      random = simulation.random();
    }

    void play() {
      int size = 2 + random.nextInt(4);
      for (int i = 0; i < size; i++) {
        start(new NodeId(new UUID(0, i)));
      }
      for (int step = 0; step < STEPS; step++) {
        act();
        simulation.advance(Duration.ofMillis(random.nextInt(1_500)));
        checkAlways();
      }
      group.heal();
      group.disturb(0, 0);
      group.delay(20);
      simulation.advance(Duration.ofSeconds(30));
      checkAlways();
      checkAgreement();
    }

    void start(NodeId id) {
      List<SimulatedNode> all = lives.computeIfAbsent(id, i -> new ArrayList<>());
      SimulatedNode node = new SimulatedNode(simulation, group, id, all.size() + 1L);
      all.add(node);
      alive.put(id, node);
    }

    void act() {
      SimulatedNode node = new ArrayList<>(alive.values()).get(random.nextInt(alive.size()));
      switch (random.nextInt(16)) {
        case 0, 1 -> {
          if (alive.size() > 1) {
            alive.remove(node.id);
            node.crash();
          }
        }
        case 2, 3 ->
          lives.keySet().stream()
              .filter(id -> !alive.containsKey(id))
              .sorted()
              .findFirst()
              .ifPresent(this::start);
        case 4 -> {
          Map<NodeId, Integer> sides = new HashMap<>();
          new TreeMap<>(lives).keySet().forEach(id -> sides.put(id, random.nextInt(3)));
          group.partition(sides);
        }
        case 5 -> group.heal();
        case 6 -> group.disturb(random.nextInt(3) * 0.15, random.nextInt(3) * 0.2);
        case 7 -> group.delay(1 + random.nextInt(400));
        case 8 -> {
          // The engine goes away and another takes its place.
          node.engine.close();
          node.join();
        }
        default -> write(node);
      }
    }

    void write(SimulatedNode node) {
      for (int i = random.nextInt(12); i >= 0; i--) {
        String name = "r" + random.nextInt(15);
        int kind = random.nextInt(5);
        if (kind == 0) {
          node.withdraw(name);
        } else if (kind == 1 && node.published.containsKey(name)) {
          node.publish(name, node.published.get(name)); // unchanged
        } else {
          node.publish(name, ++values);
        }
      }
    }

    /** Holds at every moment, whatever is broken. */
    void checkAlways() {
      assertEquals(List.of(), simulation.failures(), "tasks that threw");
      for (SimulatedNode node : alive.values()) {
        assertEquals(List.of(), node.sink.violations, "told to a subscriber on " + node.id);
        assertEquals(List.of(), node.violations, "told to a listener on " + node.id);
        Set<NodeId> owners = new HashSet<>(node.shown().keySet());
        owners.removeAll(node.store.membership().view().members());
        assertEquals(Set.of(), owners, "owners outside the view of " + node.id);
        for (NodeId owner : node.shown().keySet()) {
          Set<Incarnation> shown = node.livesShown(owner);
          assertEquals(1, shown.size(), "lives of one owner shown at once");
          SimulatedNode life = lives.get(owner).stream()
              .filter(each -> shown.contains(each.incarnation))
              .findFirst()
              .orElseThrow();
          assertTrue(
              life.history.contains(node.shown(owner)),
              () -> node.id + " shows of " + owner + " what it never had: " + node.shown(owner));
        }
        assertEquals(node.published, node.shown(node.id), "own records of " + node.id);
      }
    }

    /** Holds once nothing is broken any more and time has passed. */
    void checkAgreement() {
      Map<NodeId, Map<String, Integer>> expected = new HashMap<>();
      for (SimulatedNode node : alive.values()) {
        if (!node.published.isEmpty()) {
          expected.put(node.id, node.published);
        }
      }
      List<NodeId> order = null;
      for (SimulatedNode node : alive.values()) {
        assertEquals(expected, node.shown(), "records shown by " + node.id);
        for (NodeId owner : node.shown().keySet()) {
          assertEquals(Set.of(alive.get(owner).incarnation), node.livesShown(owner));
        }
        assertEquals(1, node.sink.completes, "marks");
        List<NodeId> members = node.store.membership().view().members();
        assertEquals(alive.keySet(), new HashSet<>(members), "view of " + node.id);
        order = order == null ? members : order;
        assertEquals(order, members, "order of members");
      }
    }
  }
}
