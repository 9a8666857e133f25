package org.fluidosgi.simulation.registry;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.fluidosgi.simulation.world.CheckFailedException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Some hundred seeds, each a group of its own for two minutes of its time. */
class RegistryRunTest {
  private static final int FIRST = Integer.getInteger("fluid.sim.first", 0);
  private static final int SEEDS =
      Integer.getInteger("fluid.sim.seeds", 500) * Integer.getInteger("fluid.test.rounds", 1);
  private static final int BUNDLE = 25;
  private static final Logger QUIET = Logger.getLogger("org.fluidosgi");

  static List<Integer> seeds() {
    List<Integer> first = new ArrayList<>();
    for (int seed = FIRST; seed < FIRST + SEEDS; seed += BUNDLE) {
      first.add(seed);
    }
    return first;
  }

  @ParameterizedTest(name = "seeds from {0}")
  @MethodSource("seeds")
  void everyCheckHolds(int first) {
    QUIET.setLevel(Level.OFF);
    for (int seed = first; seed < first + BUNDLE; seed++) {
      int nodes = 1 + seed % 6;
      RegistryRun run = new RegistryRun(nodes, seed);
      try {
        run.play(Duration.ofMinutes(2), each -> {});
      } catch (CheckFailedException e) {
        throw new AssertionError(
            e.checker() + " failed at step " + run.totals().steps() + ", " + run.time() + ": "
                + e.getMessage() + "\nreplay: ./fluid sim --nodes " + nodes + " --seed " + seed
                + " --minutes 2",
            e);
      }
    }
  }
}
