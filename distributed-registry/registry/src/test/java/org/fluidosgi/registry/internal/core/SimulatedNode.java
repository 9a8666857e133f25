package org.fluidosgi.registry.internal.core;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.fluidosgi.channel.Incarnation;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.registry.Interest;
import org.fluidosgi.registry.Membership;
import org.fluidosgi.registry.Publication;
import org.fluidosgi.registry.RegistryRecord;
import org.fluidosgi.registry.View;
import org.fluidosgi.registry.internal.OsgiFilters;
import org.fluidosgi.registry.spi.ClusterEngine;
import org.fluidosgi.registry.testkit.SimulatedGroup;
import org.fluidosgi.registry.testkit.Simulation;

/** One life of a node in a simulation: its store, what it has published, and what a subscriber on it was told. */
final class SimulatedNode {
  static final String KIND = "k";

  final NodeId id;
  final Incarnation incarnation;
  final Simulation.SimulatedEnv env;
  final ReplicaStore store;
  final RecordingSink sink = new RecordingSink();
  final List<View> views = new ArrayList<>();
  final List<String> violations = new ArrayList<>();

  /** What it has published now, and every state its records ever had: name to value. */
  final Map<String, Integer> published = new TreeMap<>();

  final Set<Map<String, Integer>> history = new HashSet<>();
  private final SimulatedGroup group;
  ClusterEngine engine;

  SimulatedNode(Simulation simulation, SimulatedGroup group, NodeId id, long life) {
    this.group = group;
    this.id = id;
    incarnation = new Incarnation(new UUID(life, id.uuid().getLeastSignificantBits()), life);
    env = simulation.env();
    store = new ReplicaStore(
        "n" + id.uuid().getLeastSignificantBits(),
        id,
        incarnation,
        env,
        new OsgiFilters(),
        Duration.ofSeconds(5));
    history.add(Map.of());
    store.subscribe(Interest.inKind(KIND), sink);
    store.membership().listen(new Membership.Listener() {
      @Override
      public void onView(View view) {
        sink.known.keySet().stream()
            .filter(record -> !view.contains(record.owner()))
            .forEach(
                record -> violations.add("view " + view + " is told before " + record + " went"));
        if (!views.isEmpty() && views.get(views.size() - 1).epoch() >= view.epoch()) {
          violations.add("epoch " + view.epoch() + " after " + views);
        }
        views.add(view);
      }
    });
    join();
  }

  /** Starts a new engine, as after the one before went away. */
  void join() {
    engine = group.engine(id);
    engine.start(store.attach(engine));
  }

  CompletionStage<Void> publish(String name, int value) {
    published.put(name, value);
    history.add(Map.copyOf(published));
    return store.publish(Publication.of(
        KIND, name, Set.of("name:" + name), Map.of("value", value, "text", "v" + value)));
  }

  CompletionStage<Void> withdraw(String name) {
    published.remove(name);
    history.add(Map.copyOf(published));
    return store.withdraw(KIND, name);
  }

  void crash() {
    env.kill();
    group.crash(id);
  }

  /** What this node shows of that owner: name to value. */
  Map<String, Integer> shown(NodeId owner) {
    Map<String, Integer> shown = new TreeMap<>();
    for (RegistryRecord record : sink.known.values()) {
      if (record.id().owner().equals(owner)) {
        shown.put(record.id().name(), (Integer) record.attributes().get("value"));
      }
    }
    return shown;
  }

  /** Lives of that owner whose records are shown. */
  Set<Incarnation> livesShown(NodeId owner) {
    Set<Incarnation> lives = new HashSet<>();
    for (RegistryRecord record : sink.known.values()) {
      if (record.id().owner().equals(owner)) {
        lives.add(record.incarnation());
      }
    }
    return lives;
  }

  /** All that is shown: owner to name to value. */
  Map<NodeId, Map<String, Integer>> shown() {
    Map<NodeId, Map<String, Integer>> all = new HashMap<>();
    for (RegistryRecord record : sink.known.values()) {
      all.computeIfAbsent(record.id().owner(), this::shown);
    }
    return all;
  }
}
