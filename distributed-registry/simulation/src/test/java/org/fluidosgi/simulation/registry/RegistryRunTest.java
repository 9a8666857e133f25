package org.fluidosgi.simulation.registry;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.fluidosgi.simulation.world.CheckFailedException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Some hundred seeds ({@code fluid.test.registry.seeds}), in the nightly profile ten thousand and longer ones, each a group of its own. */
class RegistryRunTest {
  private static final int ROUNDS = Integer.getInteger("fluid.test.rounds", 1);
  private static final int SEEDS = Integer.getInteger("fluid.test.registry.seeds", 300);
  private static final int MINUTES = ROUNDS > 1 ? 2 : 1;
  private static final int BUNDLE = 25;
  private static final Logger LOGGER = Logger.getLogger("org.fluidosgi");

  static List<Integer> seeds() {
    List<Integer> first = new ArrayList<>();
    for (int seed = 0; seed < SEEDS; seed += BUNDLE) {
      first.add(seed);
    }
    return first;
  }

  @ParameterizedTest(name = "seeds from {0}")
  @MethodSource("seeds")
  void everyCheckHolds(int first) {
    for (int seed = first; seed < first + BUNDLE; seed++) {
      // Now and then more members than snapshots are read at a time.
      play(seed % 50 == 49 ? 12 : 1 + seed % 6, seed, MINUTES);
    }
  }

  /** Seeds that found something, each with what it was. */
  @ParameterizedTest(name = "{0} nodes, seed {1}: {3}")
  @CsvSource({
    "2, 25, 1, a snapshot was told in an order of its own",
    "2, 9649, 2, a look around the end of a node found nothing and called it all",
    "3, 5384, 1, a learner held on to a leader that had joined another group",
    "4, 2421, 1, a learner whose leader fell showed an old copy",
    "4, 3795, 1, a voter that was taken out was let in again under its old log",
    "5, 5068, 1, voters of two terms refused each other's pre-votes for ever",
    "6, 2075, 1, a group was given up for one that somebody had heard of once",
    "5, 2122, 1, a group that its voters had given up was looked for ever after",
    "5, 2608, 1, who restarted forgot to tell that its group was given up",
    "6, 9695, 1, a learner that had just died was made a voter",
    "4, 1815, 1, a learner that had just left was made a voter",
    "3, 37958, 1, a voter was taken out though another had just died",
    "3, 3002, 2, a snapshot came in before a change of members that nobody had decided",
    "12, 6799, 2, two groups gave each other up and a voter of one went on"
  })
  void whatWasFoundStaysMended(int nodes, long seed, int minutes, String found) {
    play(nodes, seed, minutes);
  }

  private static void play(int nodes, long seed, int minutes) {
    LOGGER.setLevel(Level.OFF); // crashes are meant here
    RegistryRun run = new RegistryRun(nodes, seed);
    try {
      run.play(Duration.ofMinutes(minutes), each -> {});
    } catch (CheckFailedException e) {
      throw new AssertionError(
          e.checker() + " failed at step " + run.totals().steps() + ", " + run.time() + ": "
              + e.getMessage() + "\nreplay: ./fluid sim --nodes " + nodes + " --seed " + seed
              + " --minutes " + minutes,
          e);
    }
  }
}
