package org.fluidosgi.simulation.registry;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** Publishers that are no members, as sensors: each publishes one record through a gateway and renews it, falls silent, comes
 * back, or moves to another gateway without a word to the last one. */
final class Leaves {
  private static final List<Duration> TTLS =
      List.of(Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(5));

  /** A sensor renews so many times within its time to live. */
  private static final int RENEWALS = 3;

  private static final class Leaf {
    final String name;
    final Duration ttl;

    @Nullable
    RegistryNode gateway;

    boolean silent;
    long value;

    Leaf(String name, Duration ttl) {
      this.name = name;
      this.ttl = ttl;
    }

    boolean keeps(RegistryNode node, String record) {
      return gateway == node && !silent && name.equals(record);
    }
  }

  private final RegistryRun run;
  private final SplittableRandom random;
  private final List<Leaf> leaves = new ArrayList<>();

  Leaves(RegistryRun run) {
    this.run = run;
    random = run.world.random();
    for (int i = 0; i < TTLS.size(); i++) {
      leaves.add(new Leaf("leaf" + i, TTLS.get(i)));
    }
  }

  static boolean isOne(String record) {
    return record.startsWith("leaf");
  }

  /** They begin. */
  void start() {
    for (Leaf each : leaves) {
      each.silent = true;
      renewLater(each);
    }
  }

  private void renewLater(Leaf leaf) {
    run.world.schedule(leaf.ttl.toNanos() / RENEWALS, () -> {
      renew(leaf);
      renewLater(leaf);
    });
  }

  private void renew(Leaf leaf) {
    RegistryNode gateway = leaf.gateway;
    if (gateway == null || leaf.silent || !gateway.model.alive()) {
      return;
    }
    if (gateway.leases.has(leaf.name)) {
      gateway.leases.renew(leaf.name);
    } else {
      gateway.leases.publish(leaf.name, leaf.ttl, leaf.value);
    }
  }

  /** Something changes for one of them. */
  void act() {
    Leaf leaf = leaves.get(random.nextInt(leaves.size()));
    switch (random.nextInt(4)) {
      case 0 -> leaf.silent = true;
      case 1 -> leaf.silent = false;
      case 2 -> move(leaf);
      default -> {
        leaf.value = run.nextValue();
        RegistryNode gateway = leaf.gateway;
        if (gateway != null && !leaf.silent && gateway.model.alive()) {
          gateway.leases.publish(leaf.name, leaf.ttl, leaf.value);
        }
      }
    }
  }

  private void move(Leaf leaf) {
    leaf.gateway = run.anyNode();
    leaf.silent = false;
    leaf.value = run.nextValue();
    run.world.trace().note(leaf.name, "moves to", leaf.gateway);
    renew(leaf);
  }

  /** All keep to a gateway that runs, until nothing is left of those that fell silent or moved. */
  void calm() {
    for (Leaf each : leaves) {
      RegistryNode gateway = each.gateway;
      if (gateway == null || !gateway.model.alive()) {
        move(each);
      }
      each.silent = false;
      renew(each);
    }
    while (run.alive().stream().anyMatch(this::hasForgotten)) {
      run.world.advance(Duration.ofMillis(500));
      run.alive().forEach(node -> node.leases.check()); // a check fails if they never go
    }
  }

  private boolean hasForgotten(RegistryNode node) {
    for (String name : node.leases.names()) {
      if (leaves.stream().noneMatch(leaf -> leaf.keeps(node, name))) {
        return true;
      }
    }
    return false;
  }
}
