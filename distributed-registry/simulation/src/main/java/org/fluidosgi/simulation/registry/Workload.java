package org.fluidosgi.simulation.registry;

import java.util.List;
import java.util.SplittableRandom;
import org.fluidosgi.registry.RegistryRecord.Scope;

/** What programs on the nodes do: publish, modify, withdraw, subscribe, look, and make mistakes. Everything is bounded: names,
 * subscribers, sizes. */
final class Workload {
  private static final int NAMES = 16;
  private static final int WRITES_MAX = 12;
  private static final int WATCHERS_MAX = 4;

  private final RegistryRun run;
  private final SplittableRandom random;
  private long writes;

  Workload(RegistryRun run) {
    this.run = run;
    random = run.world.random();
  }

  long writes() {
    return writes;
  }

  /** One action on the node. */
  void act(RegistryNode node) {
    int choice = random.nextInt(100);
    if (choice < 75) {
      write(node);
    } else if (choice < 85) {
      watch(node);
    } else if (choice < 97) {
      new Scan(node, kind(), wish(), 1 + random.nextInt(20)).next(null);
    } else {
      blunder(node);
    }
  }

  /** Some writes at once. */
  void write(RegistryNode node) {
    for (int i = random.nextInt(WRITES_MAX); i >= 0; i--) {
      String kind = kind();
      String name = "r" + random.nextInt(NAMES);
      OwnerModel.Written before = node.model.get(kind, name);
      int choice = random.nextInt(20);
      writes++;
      if (choice < 4) {
        node.withdraw(kind, name);
      } else if (choice < 6 && before != null) {
        node.publish(kind, name, before.term(), before.scope(), before.value()); // unchanged
      } else if (choice < 8) {
        node.publish(kind, name, random.nextInt(3), scope(), run.nextValue()); // may lower the term
      } else {
        node.publish(kind, name, before == null ? 0 : before.term(), Scope.GROUP, run.nextValue());
      }
    }
  }

  private void watch(RegistryNode node) {
    List<Watcher> watchers = node.watchers;
    watchers.removeIf(Watcher::closed);
    if (watchers.size() == WATCHERS_MAX || (!watchers.isEmpty() && random.nextBoolean())) {
      watchers.remove(random.nextInt(watchers.size())).close();
    } else {
      Watcher.Manner[] manners = Watcher.Manner.values();
      Watcher watcher = new Watcher(node, kind(), wish(), manners[random.nextInt(manners.length)]);
      watchers.add(watcher);
      watcher.open();
    }
  }

  /** A call that must be refused in the caller's thread. */
  private void blunder(RegistryNode node) {
    boolean refused = false;
    try {
      if (random.nextBoolean()) {
        node.store.publish(Content.tooLarge(kind(), "r" + random.nextInt(NAMES)));
      } else {
        node.store.scan(
            org.fluidosgi.registry.Interest.inKind(kind()), random.nextInt(2) * 10_001, null);
      }
    } catch (IllegalArgumentException e) {
      refused = true;
    }
    if (!refused) {
      node.fail("refusals", "a wrong argument was taken");
    }
  }

  private Wish wish() {
    return Wish.ALL.get(random.nextInt(Wish.ALL.size()));
  }

  private Scope scope() {
    return switch (random.nextInt(4)) {
      case 0 -> Scope.LOCAL;
      case 1 -> Scope.WORLD;
      default -> Scope.GROUP;
    };
  }

  private String kind() {
    return RegistryNode.KINDS.get(random.nextInt(RegistryNode.KINDS.size()));
  }
}
