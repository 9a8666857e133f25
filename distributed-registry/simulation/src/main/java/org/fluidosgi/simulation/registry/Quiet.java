package org.fluidosgi.simulation.registry;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.simulation.engine.SimulatedEngine;
import org.fluidosgi.simulation.groupstore.StoreQuiet;

/** What must come true once nothing goes wrong any more, and how soon. */
final class Quiet {
  /** Time for the engines to agree on one view: detection, then merges one after the other. */
  static final Duration VIEWS_WITHIN = Duration.ofSeconds(60);

  /** How long they must stay so: what was silent before the heal may be expelled after it. */
  static final Duration VIEWS_HOLD = Duration.ofSeconds(4);

  /** Time for the records after that: a digest's period, a request's time-out and the longest pause between two. */
  static final Duration RECORDS_WITHIN = Duration.ofSeconds(20);

  /** Time for a write to be seen everywhere, while the network works: it comes by multicast, not by repair. */
  static final Duration WRITE_WITHIN = Duration.ofSeconds(2);

  /** Time for a newcomer and the others to know each other's records once the views are there, while the network works. */
  static final Duration NEWCOMER_WITHIN = Duration.ofSeconds(2);

  /** Time in which nothing changes any more. */
  static final Duration STILL = Duration.ofSeconds(7);

  private static final Duration LOOK = Duration.ofMillis(100);

  private final RegistryRun run;
  private final Workload workload;
  private final StoreQuiet stores;
  private long longestNanos;

  Quiet(RegistryRun run, Workload workload, StoreQuiet stores) {
    this.run = run;
    this.workload = workload;
    this.stores = stores;
  }

  /** Longest time from a heal to agreement. */
  long longestMillis() {
    return longestNanos / 1_000_000;
  }

  /** First the registries, with some machines down, then the group stores as they are, then with every machine up. */
  void demand() {
    demandAgreement();
    stores.demand(false);
    while (run.machines().stream().anyMatch(each -> each.running() == null)) {
      if (!startOne()) {
        run.world.advance(Duration.ofSeconds(1)); // one that stops in order
      }
    }
    demand("views", VIEWS_WITHIN, VIEWS_HOLD, this::viewsDiffer);
    stores.begin();
    stores.demand(true);
  }

  private void demandAgreement() {
    long begin = run.world.now();
    demand("views", VIEWS_WITHIN, VIEWS_HOLD, this::viewsDiffer);
    stores.begin();
    demand("agreement", RECORDS_WITHIN, this::recordsDiffer);
    longestNanos = Math.max(longestNanos, run.world.now() - begin - VIEWS_HOLD.toNanos());
    for (RegistryNode node : run.alive()) {
      workload.write(node);
    }
    demand("promptness", WRITE_WITHIN, this::recordsDiffer);
    if (startOne()) {
      demand("views", VIEWS_WITHIN, Duration.ZERO, this::viewsDiffer);
      demand("newcomer", NEWCOMER_WITHIN, this::recordsDiffer);
    }
    demand("nothing-left", RECORDS_WITHIN, this::leftOvers);
    List<String> before = events();
    run.world.advance(STILL);
    if (!before.equals(events())) {
      run.fail("stillness", "nobody did anything, but " + before + " became " + events());
    }
    lookForEverything();
    run.world.advance(Duration.ofSeconds(1));
    for (RegistryNode node : run.alive()) {
      node.checkStep();
    }
    run.world.advance(Duration.ZERO);
  }

  /** Each wish is answered whole, on every node. */
  private void lookForEverything() {
    for (RegistryNode node : run.alive()) {
      for (Wish wish : Wish.ALL) {
        for (String kind : RegistryNode.KINDS) {
          Scan scan = new Scan(node, kind, wish, 10);
          scan.mustBeWhole();
          scan.next(null);
        }
      }
    }
  }

  /** Starts a machine that is down, if there is one. */
  private boolean startOne() {
    for (Machine each : run.machines()) {
      if (each.down()) {
        run.start(each);
        return true;
      }
    }
    return false;
  }

  private void demand(String checker, Duration limit, Supplier<String> difference) {
    demand(checker, limit, Duration.ZERO, difference);
  }

  /** There must be no difference any more within the limit, and then for some time. */
  private void demand(String checker, Duration limit, Duration hold, Supplier<String> difference) {
    long end = run.world.now() + limit.toNanos();
    long since = run.world.now();
    String differs;
    do {
      run.world.advance(LOOK);
      differs = difference.get();
      if (!differs.isEmpty()) {
        since = run.world.now();
        if (since > end) {
          run.fail(checker, "not within " + limit.toSeconds() + " s: " + differs);
        }
      }
    } while (!differs.isEmpty() || run.world.now() - since < hold.toNanos());
  }

  private List<String> events() {
    return run.alive().stream()
        .map(node -> node + ": " + node.mirror.told() + " events, "
            + Names.of(node.store.membership().view()))
        .toList();
  }

  /** All show the same view: the living, and nobody is silent. */
  private String viewsDiffer() {
    List<RegistryNode> alive = run.alive();
    Set<NodeId> living = new TreeSet<>();
    alive.forEach(each -> living.add(each.id));
    List<NodeId> order = alive.get(0).store.membership().view().members();
    // Two views of the same members still merge into a third.
    SimulatedEngine oldest = alive.get(0).engine();
    String first = oldest == null ? "none" : oldest.viewText();
    for (RegistryNode node : alive) {
      if (node.process.hangs()) {
        return node + " still hangs";
      }
      List<NodeId> members = node.store.membership().view().members();
      SimulatedEngine engine = node.engine();
      String agreed = engine == null ? "none" : engine.viewText();
      if (!agreed.equals(first)) {
        return node + "'s engine is in the view " + agreed + ", that of " + alive.get(0) + " in "
            + first;
      }
      if (!new HashSet<>(members).equals(living) || !members.equals(order)) {
        return node + " shows the view " + Names.of(members) + ", alive are " + Names.of(living);
      }
      if (!node.store.membership().suspected().isEmpty()) {
        return node + " suspects " + Names.of(node.store.membership().suspected());
      }
    }
    return "";
  }

  /** All show exactly what the living publish. */
  private String recordsDiffer() {
    List<RegistryNode> alive = run.alive();
    for (RegistryNode node : alive) {
      Set<NodeId> owners = new TreeSet<>(node.mirror.owners());
      for (RegistryNode owner : alive) {
        owners.remove(owner.id);
        if (owner != node && node.mirror.sum(owner.id) != owner.model.shared()) {
          return node + " shows " + node.mirror.count(owner.id) + " records of " + owner
              + ", which publishes " + owner.model.sharedCount();
        }
      }
      for (NodeId dead : owners) {
        if (node.mirror.count(dead) > 0) {
          return node + " shows " + node.mirror.count(dead) + " records of " + Names.of(dead)
              + ", which is gone";
        }
      }
    }
    return "";
  }

  private String leftOvers() {
    for (RegistryNode node : run.alive()) {
      String left = Bounds.leftOver(node);
      if (!left.isEmpty()) {
        return left;
      }
    }
    return "";
  }
}
