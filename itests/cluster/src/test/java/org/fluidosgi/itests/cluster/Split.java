package org.fluidosgi.itests.cluster;

import java.util.List;
import java.util.Set;
import java.util.function.BiPredicate;
import org.fluidosgi.itests.support.CuttableNetwork;

/** Cuts a network of four nodes in parts and heals it, and judges what consumers see: during the cut exactly the services of their
 * side, afterwards exactly those of all, and nothing twice. Services come and go on every side meanwhile. */
record Split(CuttableNetwork network, Consumers consumers) {
  static final List<String> NODES = List.of("n1", "n2", "n3", "n4");
  static final List<String> FRAMEWORKS = List.of("felix", "equinox", "felix", "felix");
  static final int SERVICES_EACH = 250;
  private static final int CHANGES = 5;

  /** Cuts once of each kind. */
  void eachKind(int round) throws Exception {
    Set<String> pair = Set.of("n1", "n2");
    Set<String> others = Set.of("n3", "n4");
    run(round + ": 2|2", List.of(pair, others), around(pair));
    Set<String> first = Set.of("n1");
    Set<String> rest = Set.of("n2", "n3", "n4");
    run(round + ": 1|3", List.of(first, rest), around(first));
    run(
        round + ": asymmetric",
        List.of(pair, others),
        (from, to) -> others.contains(from) && pair.contains(to));
  }

  /** What goes from one part to the rest and back. */
  private static BiPredicate<String, String> around(Set<String> part) {
    return (from, to) -> part.contains(from) != part.contains(to);
  }

  private void run(String what, List<Set<String>> sides, BiPredicate<String, String> cut)
      throws Exception {
    run(what, sides, () -> network.cut(cut), network::heal);
  }

  /** Cuts in these parts and heals. */
  void run(String what, List<Set<String>> sides, Runnable cut, Runnable heal) throws Exception {
    consumers.forgetEvents();
    long begin = System.nanoTime();
    cut.run();
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
    consumers.assertTold(what + ", during the cut", NODES, "gone");
    long healed = System.nanoTime();
    heal.run();
    consumers.awaitOwn(what + ", healed", NODES);
    long together = System.nanoTime();
    consumers.assertTold(what + ", after the heal", NODES, "registered");
    System.err.printf(
        "split %s: each side saw its own after %d ms, all saw all %d ms after the heal%n",
        what, (apart - begin) / 1_000_000, (together - healed) / 1_000_000);
  }
}
