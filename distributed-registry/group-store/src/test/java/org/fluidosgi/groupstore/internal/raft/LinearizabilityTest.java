package org.fluidosgi.groupstore.internal.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.fluidosgi.channel.ChannelException.Effect;
import org.fluidosgi.groupstore.ConflictException;
import org.fluidosgi.groupstore.NoMajorityException;
import org.fluidosgi.groupstore.Versioned;
import org.fluidosgi.history.LinearizabilityChecker;
import org.fluidosgi.history.Operation;
import org.fluidosgi.history.Operation.Result;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients at three voters and one more node write and read through cuts, losses, rumours, bad disks, kills and restarts; what they saw must be
 * linearizable, and what was acknowledged must be there in the end. Seeds decide everything. */
class LinearizabilityTest {
  private static final int SEEDS = Integer.getInteger("fluid.test.store.seeds", 25);
  private static final int FIRST = Integer.getInteger("fluid.test.store.seed", 1);
  private static final int NODES = 4;
  private static final int STEPS = 120;

  @TempDir
  Path folder;

  @Test
  void historiesAreLinearizable() {
    int certain = 0;
    for (int seed = FIRST; seed < FIRST + SEEDS; seed++) {
      certain += new Run(seed, folder.resolve("seed" + seed)).run();
    }
    assertTrue(certain > SEEDS * 40, "only " + certain + " operations had a result");
  }

  private static final class Run {
    private final int seed;
    private final SimulatedStores stores;
    private final Random random;
    private final List<Operation> history = new ArrayList<>();
    private final boolean[] down = new boolean[NODES + 1];
    private long values;

    Run(int seed, Path folder) {
      this.seed = seed;
      stores = new SimulatedStores(seed, folder);
      stores.options = new AgreedGroupStore.Options(
          3,
          // Every other seed has voters replaced all the time.
          seed % 2 == 0 ? Duration.ofHours(1) : Duration.ofSeconds(3),
          Duration.ofHours(1),
          Duration.ofSeconds(4));
      random = stores.simulation.random();
    }

    int run() {
      for (int node = 1; node <= NODES; node++) {
        stores.start(node);
      }
      stores.together(1, 2, 3, 4);
      stores.simulation.until(
          "three voters",
          SimulatedStores.LONG,
          () -> stores.node(1).store.node().voters().size() == 3
              && stores.node(4).store.node().voters().size() == 3
              && stores.node(2).store.node().voters().size() == 3
              && stores.node(3).store.node().voters().size() == 3);
      stores.simulation.advance(Duration.ofSeconds(5));
      stores.loss = random.nextInt(3) * 0.05;
      for (int step = 0; step < STEPS; step++) {
        disturb();
        for (int i = random.nextInt(3); i >= 0; i--) {
          operation();
        }
        stores.simulation.advance(Duration.ofMillis(50 + random.nextInt(400)));
      }
      heal();
      assertEquals(List.of(), stores.simulation.failures(), "seed " + seed);
      assertEquals(List.of(), LinearizabilityChecker.violations(history), "seed " + seed);
      return (int) history.stream().filter(Operation::isAnswered).count();
    }

    private void disturb() {
      switch (random.nextInt(30)) {
        case 0 -> stores.split(up(1, 2), up(3, 4));
        case 1 -> stores.split(up(1), up(2, 3, 4));
        case 2 -> stores.split(up(1, 3, 4), up(2));
        case 3 -> stores.cutOneWay(1 + random.nextInt(NODES), 1 + random.nextInt(NODES));
        case 4, 5, 6 -> stores.split(up(1, 2, 3, 4));
        case 7, 8 -> {
          int node = 1 + random.nextInt(NODES);
          if (!down[node]) {
            down[node] = true;
            stores.kill(node);
          }
        }
        case 9, 10, 11 -> restart();
        case 12, 13 -> stores.rumour(up(1, 2, 3, 4), random);
        case 14 -> stores.node(1 + random.nextInt(NODES)).disk.full = true;
        case 15 -> stores.node(1 + random.nextInt(NODES)).disk.failsToForce = true;
        case 16, 17 -> repairDisks();
        default -> {} // a quiet moment
      }
    }

    /** There is room again; who could not force its log has to start again. */
    private void repairDisks() {
      for (int node = 1; node <= NODES; node++) {
        CrashingDisk disk = stores.node(node).disk;
        disk.full = false;
        disk.failsToForce = false;
        if (disk.hasFailedToForce && !down[node]) {
          stores.kill(node);
          stores.start(node);
          stores.split(up(1, 2, 3, 4));
        }
      }
    }

    private void restart() {
      for (int node = 1; node <= NODES; node++) {
        if (down[node]) {
          down[node] = false;
          stores.start(node);
        }
      }
      stores.split(up(1, 2, 3, 4));
    }

    private List<Integer> up(int... nodes) {
      List<Integer> up = new ArrayList<>();
      for (int node : nodes) {
        if (!down[node]) {
          up.add(node);
        }
      }
      return up;
    }

    private void operation() {
      int node = 1 + random.nextInt(NODES);
      if (down[node]) {
        return;
      }
      String key = "k" + random.nextInt(3);
      if (random.nextInt(3) == 0) {
        read(node, key);
      } else {
        // Clients know what they saw last, or guess: conflicts are part of it.
        write(node, key, random.nextInt(4) == 0 ? 0 : lastSeen(key));
      }
    }

    private long lastSeen(String key) {
      long last = 0;
      for (Operation each : history) {
        if (each.key().equals(key) && each.isAnswered()) {
          last = each.foundVersion();
        }
      }
      return last;
    }

    private void read(int node, String key) {
      Operation begun = Operation.read(key, stores.simulation.nanoTime());
      stores.node(node).store.read(key).whenComplete((found, failure) -> {
        if (failure == null && !found.stale()) {
          history.add(ended(begun, Result.OK, found));
        }
      });
    }

    private void write(int node, String key, long version) {
      long value = ++values;
      int at = history.size();
      history.add(Operation.write(key, version, value, stores.simulation.nanoTime()));
      CompletionStage<Versioned> stage = stores
          .node(node)
          .store
          .compareAndSet(key, version, ByteBuffer.allocate(8).putLong(value).array());
      stage.whenComplete((written, failure) -> {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        if (cause == null) {
          history.set(at, ended(history.get(at), Result.OK, written));
        } else if (cause instanceof ConflictException conflict) {
          history.set(at, ended(history.get(at), Result.CONFLICT, conflict.found()));
        } else if (cause instanceof NoMajorityException no && no.effect() == Effect.NONE) {
          history.set(at, history.get(at).never());
        }
      });
    }

    private Operation ended(Operation begun, Result result, Versioned found) {
      return begun.ended(result, stores.simulation.nanoTime(), found.version(), number(found));
    }

    private static long number(Versioned found) {
      return found.value() == null ? 0 : ByteBuffer.wrap(found.value()).getLong();
    }

    /** Everybody is back: the group decides again, and knows what it acknowledged. */
    private void heal() {
      stores.loss = 0;
      restart();
      repairDisks();
      stores.simulation.until(
          "an answer of the majority, seed " + seed, SimulatedStores.LONG, () -> {
            var read = stores.node(1).store.read("k0").toCompletableFuture();
            stores.simulation.advance(Duration.ofSeconds(6));
            return read.isDone() && !read.join().stale();
          });
      for (int node = 1; node <= NODES; node++) {
        for (int key = 0; key < 3; key++) {
          Operation begun = Operation.read("k" + key, stores.simulation.nanoTime());
          Versioned found = stores.read(node, "k" + key);
          assertTrue(!found.stale(), "seed " + seed);
          history.add(ended(begun, Result.OK, found));
        }
      }
    }
  }
}
