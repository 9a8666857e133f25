package org.fluidosgi.itests.cluster;

import static org.fluidosgi.itests.cluster.Group.PATIENCE;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** A consumer on each node of a group that looks at greetings, and the greetings there ought to be. */
final class Consumers {
  private final Group group;
  private final List<String> nodes;

  /** Ids that each node has registered. */
  private final Map<String, Set<String>> live = new HashMap<>();

  private final Map<String, Integer> made = new HashMap<>();

  Consumers(Group group, List<String> nodes) {
    this.group = group;
    this.nodes = nodes;
  }

  /** Starts these nodes, each with so many services, and waits until all see all. */
  static Consumers start(Group group, List<String> nodes, List<String> frameworks, int services)
      throws Exception {
    Consumers consumers = new Consumers(group, nodes);
    for (int i = 0; i < nodes.size(); i++) {
      String name = nodes.get(i);
      group.start(name, frameworks.get(i));
      consumers.watch(name);
      consumers.register(name, services);
    }
    consumers.awaitOwn("before", nodes);
    return consumers;
  }

  /** The consumer of that node, which runs, looks from now on. */
  void watch(String name) throws Exception {
    live.put(name, new TreeSet<>());
    made.put(name, 0);
    group.run(name, "probe:watch");
  }

  /** The node registers that many more. */
  void register(String name, int count) throws Exception {
    int from = made.merge(name, count, Integer::sum) - count;
    group.run(name, "probe:many " + name + " " + from + " " + (from + count));
    for (int i = from; i < from + count; i++) {
      live.get(name).add(name + "-" + i);
    }
  }

  /** The node takes that many back. */
  void unregister(String name, int count) throws Exception {
    Set<String> mine = live.get(name);
    for (String id : List.copyOf(mine).subList(0, count)) {
      group.run(name, "probe:unregister " + id);
      mine.remove(id);
    }
  }

  /** Waits until the consumers on these nodes see exactly the services of these nodes, by events and by asking. */
  void awaitOwn(String what, Collection<String> side) {
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

  /** What was told so far does not count. */
  void forgetEvents() throws Exception {
    for (String name : nodes) {
      group.run(name, "probe:events");
    }
  }

  /** No consumer was told anything. */
  void assertNothingTold(String what) throws Exception {
    for (String name : nodes) {
      List<String> events = group.run(name, "probe:events");
      assertTrue(events.isEmpty(), () -> what + ": " + name + " was told: " + events);
    }
  }

  /** These consumers were told something of that kind, and none of what it knew or of the end of what it did not, and
   * of no service more than once. */
  void assertTold(String what, Collection<String> names, String kind) throws Exception {
    for (String name : names) {
      Map<String, Integer> counts = new TreeMap<>();
      for (String event : group.run(name, "probe:events")) {
        String[] parts = event.split(" ", -1);
        assertTrue(
            Set.of("registered", "gone", "modified").contains(parts[0]),
            () -> what + ": " + name + " was told: " + event);
        counts.merge(parts[0] + " " + parts[1], 1, Integer::sum);
      }
      counts.forEach((event, count) -> assertTrue(
          count == 1, () -> what + ": " + name + " was told " + count + " times: " + event));
      assertTrue(
          counts.keySet().stream().anyMatch(event -> event.startsWith(kind)),
          () -> what + ": " + name + " was told of nothing " + kind);
    }
  }
}
