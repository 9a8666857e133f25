package org.fluidosgi.itests.cluster;

import static org.fluidosgi.itests.cluster.Group.PATIENCE;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiPredicate;
import org.fluidosgi.itests.support.CutNetwork;
import org.fluidosgi.itests.support.FreePorts;
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

  /** Ids that each node has registered. */
  private final Map<String, Set<String>> live = new HashMap<>();

  private int made = SERVICES_EACH;

  @Test
  void eachSideSeesItsOwnAndAfterTheHealAllSeeAll() throws Exception {
    try (CutNetwork network = new CutNetwork();
        Group group = new Group(directory)) {
      try {
        start(network, group);
        awaitSeen(group, "before", List.of(Set.copyOf(NODES)));
        for (int round = 1; round <= ROUNDS; round++) {
          Set<String> pair = Set.of("n1", "n2");
          Set<String> others = Set.of("n3", "n4");
          split(network, group, round + ": 2|2", List.of(pair, others), around(pair), true);
          Set<String> first = Set.of("n1");
          Set<String> rest = Set.of("n2", "n3", "n4");
          split(network, group, round + ": 1|3", List.of(first, rest), around(first), true);
          split(
              network,
              group,
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

  private void start(CutNetwork network, Group group) throws Exception {
    for (int i = 0; i < NODES.size(); i++) {
      String name = NODES.get(i);
      int port = FreePorts.take();
      group.start(
          name,
          FRAMEWORKS.get(i),
          "--port",
          Integer.toString(port),
          "--set",
          "fluid.advertised.address=127.0.0.1:" + network.before(name, port));
      live.put(name, new TreeSet<>());
      group.run(name, "probe:watch");
      group.run(name, "probe:many " + name + " 0 " + SERVICES_EACH);
      for (int n = 0; n < SERVICES_EACH; n++) {
        live.get(name).add(name + "-" + n);
      }
    }
    for (String name : NODES) {
      group.awaitMembers(name, NODES.size());
    }
  }

  private void split(
      CutNetwork network,
      Group group,
      String what,
      List<Set<String>> sides,
      BiPredicate<String, String> cut,
      boolean once)
      throws Exception {
    for (String name : NODES) {
      group.run(name, "probe:events");
    }
    long begin = System.nanoTime();
    network.cut(cut);
    awaitSeen(group, what + ", cut", sides);
    long apart = System.nanoTime();
    for (String name : NODES) {
      change(group, name);
    }
    awaitSeen(group, what + ", changed during the cut", sides);
    assertTold(group, what + ", during the cut", "gone", once);
    long healed = System.nanoTime();
    network.heal();
    awaitSeen(group, what + ", healed", List.of(Set.copyOf(NODES)));
    long together = System.nanoTime();
    assertTold(group, what + ", after the heal", "registered", once);
    System.err.printf(
        "split %s: each side saw its own after %d ms, all saw all %d ms after the heal%n",
        what, (apart - begin) / 1_000_000, (together - healed) / 1_000_000);
  }

  /** The node takes some services back and registers others. */
  private void change(Group group, String name) throws Exception {
    Set<String> mine = live.get(name);
    for (String id : List.copyOf(mine).subList(0, CHANGES)) {
      group.run(name, "probe:unregister " + id);
      mine.remove(id);
    }
    group.run(name, "probe:many " + name + " " + made + " " + (made + CHANGES));
    for (int n = made; n < made + CHANGES; n++) {
      mine.add(name + "-" + n);
    }
    if (name.equals(NODES.get(NODES.size() - 1))) {
      made += CHANGES;
    }
  }

  /** Waits until consumers of each side see the services of that side, by events and by asking. */
  private void awaitSeen(Group group, String what, List<Set<String>> sides) {
    for (Set<String> side : sides) {
      Set<String> expected = new TreeSet<>();
      side.forEach(name -> expected.addAll(live.get(name)));
      String ids = String.join(" ", expected);
      for (String name : new TreeSet<>(side)) {
        group.until(
            what + ": " + name + " sees the " + expected.size() + " services of " + side,
            PATIENCE,
            () -> group.run(name, "probe:seen").equals(List.of(ids, ids)));
      }
    }
  }

  /** No consumer was told of what it knew or of the end of what it did not, and, if so said, of no service more than once. */
  private void assertTold(Group group, String what, String kind, boolean once) throws Exception {
    for (String name : NODES) {
      Map<String, Integer> counts = new TreeMap<>();
      for (String event : group.run(name, "probe:events")) {
        String[] parts = event.split(" ", -1);
        assertTrue(
            Set.of("registered", "gone", "modified").contains(parts[0]),
            () -> what + ": " + name + " was told: " + event);
        counts.merge(parts[0] + " " + parts[1], 1, Integer::sum);
      }
      counts.forEach((event, count) -> assertTrue(
          count == 1 || !once,
          () -> what + ": " + name + " was told " + count + " times: " + event));
      assertTrue(
          counts.keySet().stream().anyMatch(event -> event.startsWith(kind)),
          () -> what + ": " + name + " was told of nothing " + kind);
    }
  }
}
