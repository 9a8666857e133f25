package org.fluidosgi.itests.cluster;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.BiPredicate;
import org.fluidosgi.itests.support.CutNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The network is cut and heals: during the cut consumers on each side see exactly the services of their side, afterwards
 * exactly those of all, and nobody is told of anything twice. Where only one direction is cut, the coordinator may expel the
 * silent one by one, so services of one's own side may go and come while the sides part.
 * Shape: four processes, 1,000 services; judged by events and by asking. */
class SplitIT {
  private static final List<String> NODES = List.of("n1", "n2", "n3", "n4");
  private static final List<String> FRAMEWORKS = List.of("felix", "equinox", "felix", "felix");
  private static final int ROUNDS = Integer.getInteger("fluid.test.splits", 1);
  private static final int SERVICES_EACH = 250;
  private static final int CHANGES = 5;

  @TempDir
  Path directory;

  @Test
  void eachSideSeesItsOwnAndAfterTheHealAllSeeAll() throws Exception {
    try (CutNetwork network = new CutNetwork();
        Group group = new Group(directory)) {
      try {
        Consumers consumers = Consumers.start(group, network, NODES, FRAMEWORKS, SERVICES_EACH);
        for (int round = 1; round <= ROUNDS; round++) {
          Set<String> pair = Set.of("n1", "n2");
          Set<String> others = Set.of("n3", "n4");
          Split split = new Split(network, consumers);
          split.run(round + ": 2|2", List.of(pair, others), around(pair), true);
          Set<String> first = Set.of("n1");
          Set<String> rest = Set.of("n2", "n3", "n4");
          split.run(round + ": 1|3", List.of(first, rest), around(first), true);
          split.run(
              round + ": asymmetric",
              List.of(pair, others),
              (from, to) -> others.contains(from) && pair.contains(to),
              false);
        }
      } catch (Exception | AssertionError e) {
        group.printLogs();
        throw e;
      }
    }
  }

  /** What goes from one part to the rest and back. */
  private static BiPredicate<String, String> around(Set<String> part) {
    return (from, to) -> part.contains(from) != part.contains(to);
  }

  private record Split(CutNetwork network, Consumers consumers) {
    /** Shape: {@code once} says that no service may go and come. */
    void run(String what, List<Set<String>> sides, BiPredicate<String, String> cut, boolean once)
        throws Exception {
      consumers.forgetEvents();
      long begin = System.nanoTime();
      network.cut(cut);
      for (Set<String> side : sides) {
        consumers.awaitOwn(what + ", cut", side);
      }
      long apart = System.nanoTime();
      for (String name : NODES) {
        consumers.unregister(name, CHANGES);
        consumers.register(name, CHANGES);
      }
      for (Set<String> side : sides) {
        consumers.awaitOwn(what + ", changed during the cut", side);
      }
      consumers.assertTold(what + ", during the cut", NODES, "gone", once);
      long healed = System.nanoTime();
      network.heal();
      consumers.awaitOwn(what + ", healed", NODES);
      long together = System.nanoTime();
      consumers.assertTold(what + ", after the heal", NODES, "registered", once);
      System.err.printf(
          "split %s: each side saw its own after %d ms, all saw all %d ms after the heal%n",
          what, (apart - begin) / 1_000_000, (together - healed) / 1_000_000);
    }
  }
}
