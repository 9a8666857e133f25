package org.fluidosgi.simulation.groupstore;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Supplier;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.groupstore.GroupVoters.Voters;
import org.jspecify.annotations.Nullable;

/** What must come true of the group stores once nothing goes wrong any more and the nodes share one view, and how soon. */
public final class StoreQuiet {
  /** Time for all nodes to be in one group that has a leader: groups meet one after the other, and each takes some seconds. */
  static final Duration ONE_GROUP_WITHIN = Duration.ofSeconds(60);

  /** Time for a write and a read on every node after that. */
  static final Duration ANSWERS_WITHIN = Duration.ofSeconds(3);

  /** Time for every node to show what was decided: a client asks again after that long. */
  static final Duration SHOWN_WITHIN = Duration.ofSeconds(8);

  /** Time for questions of the rough phase to be answered or given up. */
  static final Duration OVER_WITHIN = Duration.ofSeconds(15);

  private static final Duration LOOK = Duration.ofMillis(250);

  /** Time after the nodes share a view until each has written, if each group has a majority of its voters up. */
  static final Duration WRITES_WITHIN = Duration.ofSeconds(30);

  private final StoreGroup group;
  private final StoreWork work;
  private final Set<StoreNode> wrote = new HashSet<>();
  private long longestNanos;
  private long beganAt;
  private boolean trying;

  public StoreQuiet(StoreGroup group, StoreWork work) {
    this.group = group;
    this.work = work;
  }

  /** Longest time until every node has written again. */
  public long longestMillis() {
    return longestNanos / 1_000_000;
  }

  /** The nodes share a view: from now on each tries to write until it has. */
  public void begin() {
    wrote.clear();
    beganAt = group.world.now();
    trying = true;
    tryToWrite();
  }

  private void tryToWrite() {
    long since = group.world.now() - beganAt;
    if (!trying) {
      return;
    }
    boolean all = true;
    for (StoreNode node : group.running()) {
      String key = "t" + node.name;
      if (node.client.isAnswered(key, beganAt)) {
        wrote.add(node);
      } else {
        node.client.write(key, node.client.lastSeen(key), work.nextValue());
      }
      all &= wrote.contains(node);
    }
    if (all) {
      trying = false;
      longestNanos = Math.max(longestNanos, since);
    } else if (since > WRITES_WITHIN.toNanos() && group.majoritiesRun()) {
      List<StoreNode> late = new ArrayList<>(group.running());
      late.removeAll(wrote);
      group.world.fail("no-starvation", late + " cannot write for " + WRITES_WITHIN);
    }
    group.world.schedule(LOOK.toNanos(), this::tryToWrite);
  }

  /** Every node must soon read and write one store, if each group has a majority of its voters up; {@code all} says that every
   * machine is, so it must have. */
  public void demand(boolean all) {
    if (!all && !group.majoritiesRun()) {
      trying = false;
      return;
    }
    demand("no-starvation", WRITES_WITHIN.plusSeconds(1), () -> trying ? "some cannot write" : "");
    demand("one-group", ONE_GROUP_WITHIN, this::groupsDiffer);
    demand("no-starvation", OVER_WITHIN, this::busy);
    demand("one-group", ONE_GROUP_WITHIN, this::groupsDiffer);
    readAll();
    group.ledger.check();
    group.world.advance(Duration.ZERO); // ends the run when a check failed
    demand("shown", SHOWN_WITHIN, this::copiesDiffer);
    Optional<UUID> one = group.running().get(0).voters().group();
    if (all && one.isPresent()) {
      group.ledger.beginFrom(one.get(), shown(group.running().get(0)));
    }
  }

  private void readAll() {
    for (String key : StoreWork.KEYS) {
      group.running().forEach(node -> node.client.read(key));
    }
    demand("no-starvation", ANSWERS_WITHIN, this::busy);
  }

  private static Map<String, CopyWatch.Told> shown(StoreNode node) {
    return new TreeMap<>(node.watch.all());
  }

  private void demand(String checker, Duration limit, Supplier<String> difference) {
    long end = group.world.now() + limit.toNanos();
    for (String differs = "?"; !differs.isEmpty(); ) {
      group.world.advance(LOOK);
      differs = difference.get();
      if (!differs.isEmpty() && group.world.now() > end) {
        group.world.fail(checker, "not within " + limit.toSeconds() + " s: " + differs);
        group.world.advance(Duration.ZERO);
      }
    }
  }

  /** All know one group, its voters, and who leads. */
  private String groupsDiffer() {
    @Nullable Voters first = null;
    for (StoreNode node : group.running()) {
      Voters voters = node.voters();
      if (voters.group().isEmpty() || voters.leader().isEmpty()) {
        return node + " knows " + text(voters);
      }
      first = first == null ? voters : first;
      Set<NodeId> same = new HashSet<>(first.nodes());
      if (!first.group().equals(voters.group())
          || !first.leader().equals(voters.leader())
          || !same.equals(new HashSet<>(voters.nodes()))
          || !same.contains(voters.leader().get())) {
        return node + " knows " + text(voters) + ", another one " + text(first);
      }
    }
    return "";
  }

  private static String text(Voters voters) {
    return voters.group().map(each -> each.toString().substring(0, 8)).orElse("no group")
        + " of " + names(voters.nodes()) + " led by "
        + names(voters.leader().map(List::of).orElse(List.of()));
  }

  private static String names(List<NodeId> nodes) {
    return nodes.stream()
        .map(each -> "n" + each.uuid().getLeastSignificantBits())
        .toList()
        .toString();
  }

  private String busy() {
    for (StoreNode node : group.running()) {
      if (!node.client.idle()) {
        return node + " waits for an answer";
      }
    }
    return "";
  }

  /** All show of each key the same, and that is what clients read last. */
  private String copiesDiffer() {
    StoreNode first = group.running().get(0);
    for (StoreNode node : group.running()) {
      if (!node.watch.all().equals(first.watch.all())) {
        return node + " shows " + node.watch.all() + ", " + first + " " + first.watch.all();
      }
      for (String key : StoreWork.KEYS) {
        if (node.client.lastSeen(key) != node.watch.shown(key).version()) {
          return node + " shows " + node.watch.shown(key) + " of " + key + ", but read version "
              + node.client.lastSeen(key);
        }
      }
    }
    return "";
  }
}
