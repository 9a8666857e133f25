package org.fluidosgi.simulation.groupstore;

import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletionException;

/** What programs on the nodes do with the group store: read, compare and set, remove, watch, and make mistakes. */
public final class StoreWork {
  static final List<String> KEYS = List.of("k0", "k1", "k2");

  private static final int OPERATIONS_MAX = 3;

  private final StoreGroup group;
  private final SplittableRandom random;
  private long values;

  public StoreWork(StoreGroup group) {
    this.group = group;
    random = group.world.random();
  }

  /** Some questions on some nodes. */
  public void act() {
    List<StoreNode> running = group.running();
    for (int i = random.nextInt(OPERATIONS_MAX + 1); i > 0 && !running.isEmpty(); i--) {
      StoreNode node = running.get(random.nextInt(running.size()));
      if (node.serves() && !node.process.hangs()) {
        act(node);
      }
    }
  }

  private void act(StoreNode node) {
    String key = KEYS.get(random.nextInt(KEYS.size()));
    int choice = random.nextInt(100);
    if (choice < 30) {
      node.client.read(key);
    } else if (choice < 85) {
      // Clients know what they saw last, or think that there is nothing: conflicts are part of it.
      long version = random.nextInt(4) == 0 ? 0 : node.client.lastSeen(key);
      node.client.write(key, version, random.nextInt(8) == 0 ? 0 : nextValue());
    } else if (choice < 95) {
      node.watch.again();
    } else {
      blunder(node);
    }
  }

  long nextValue() {
    return ++values;
  }

  /** Calls that must be refused. */
  private void blunder(StoreNode node) {
    boolean refused = false;
    try {
      if (random.nextBoolean()) {
        node.store.read(random.nextBoolean() ? "" : "\0joined-into");
      } else {
        node.store.compareAndSet("k0", -1, null).toCompletableFuture().join();
      }
    } catch (IllegalArgumentException e) {
      refused = true;
    } catch (CompletionException e) {
      refused = e.getCause() instanceof IllegalArgumentException;
    }
    if (!refused) {
      node.fail("refusals", "a wrong argument was taken");
    }
  }
}
