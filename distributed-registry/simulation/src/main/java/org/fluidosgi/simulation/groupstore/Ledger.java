package org.fluidosgi.simulation.groupstore;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.fluidosgi.history.LinearizabilityChecker;
import org.fluidosgi.history.Operation;
import org.fluidosgi.history.Operation.Result;
import org.fluidosgi.simulation.world.SimulatedWorld;
import org.jspecify.annotations.Nullable;

/** What the clients of all nodes asked and saw, by the group whose store answered: the promises of a store hold within its group.
 * Invariant: a write without a known result stands in {@code open} and may have happened in any group. */
final class Ledger {
  private record Content(String key, long value) {}

  private static final class History {
    final Map<String, List<Operation>> operations = new TreeMap<>();
    final Map<Long, Content> versions = new TreeMap<>();
    final Map<Long, Long> versionOf = new TreeMap<>();
    final Set<String> changed = new TreeSet<>();
  }

  private final SimulatedWorld world;
  private final Map<UUID, History> groups = new LinkedHashMap<>();
  private final Set<UUID> beganEmpty = new HashSet<>();
  private final TreeMap<Long, Operation> open = new TreeMap<>();
  private final Set<UUID> all = new LinkedHashSet<>();
  private long numbers;
  private long writes;
  private long reads;
  private long conflicts;
  private long refused;
  private long stale;
  private long nobodys;

  Ledger(SimulatedWorld world) {
    this.world = world;
  }

  StoreTotals totals() {
    return new StoreTotals(writes, reads, conflicts, refused, stale, nobodys, all.size());
  }

  /** That group's store has had no entry before. */
  void beginsEmpty(UUID group) {
    beganEmpty.add(group);
  }

  /** A client asks; the result is the question's number. */
  long begin(Operation operation) {
    if (operation.write()) {
      open.put(++numbers, operation);
      world.trace().count("ledger", "asks for " + operation.key(), operation.value());
    }
    return operation.write() ? numbers : 0;
  }

  /** A write was refused. */
  void refused() {
    refused++;
  }

  /** A read was answered without a majority. */
  void stale() {
    stale++;
  }

  /** That write surely never happened. */
  void never(long number) {
    open.remove(number);
    world.trace().count("ledger", "never happens", number);
  }

  /** The question was answered by the store of that group, or of an unknown one. */
  void end(long number, Operation ended, @Nullable UUID group) {
    if (ended.result() == Result.CONFLICT) {
      conflicts++;
    } else if (ended.write()) {
      writes++;
    } else {
      reads++;
    }
    if (group == null) {
      nobodys++;
      if (ended.result() == Result.CONFLICT) {
        open.remove(number);
      }
      return; // a write may be one of any group
    }
    open.remove(number);
    all.add(group);
    History history = groups.computeIfAbsent(group, any -> new History());
    history.operations.computeIfAbsent(ended.key(), any -> new ArrayList<>()).add(ended);
    history.changed.add(ended.key());
    if (ended.foundValue() != 0) {
      decided(group, ended.key(), ended.foundVersion(), ended.foundValue());
    }
  }

  /** Somebody was told so: a version of a group is given once, to one value of one key. */
  void decided(UUID group, String key, long version, long value) {
    Content content = new Content(key, value);
    History history = groups.computeIfAbsent(group, any -> new History());
    history.versionOf.put(value, version);
    Content other = history.versions.putIfAbsent(version, content);
    if (other != null && !other.equals(content)) {
      world.fail(
          "versions",
          "version " + version + " of one group was given to " + other + " and to " + content);
    }
  }

  /** Each key's history in each group must be possible. */
  void check() {
    groups.forEach((group, history) -> {
      for (String key : history.changed) {
        List<Operation> operations = history.operations.getOrDefault(key, List.of());
        if (!isPossible(key, operations, history.versionOf, beganEmpty.contains(group))) {
          world.trace().note("ledger", key, operations);
          world.fail(
              "linearizable",
              "what clients saw of " + key + " cannot have happened: " + brief(operations));
        }
      }
      history.changed.clear();
    });
  }

  private static String brief(List<Operation> operations) {
    int from = Math.max(0, operations.size() - 6);
    return operations.size() + " answers, the last are "
        + operations.subList(from, operations.size());
  }

  /** A group that was begun with the entries of an earlier one may have begun with any that somebody saw. */
  private boolean isPossible(
      String key, List<Operation> answered, Map<Long, Long> versionOf, boolean fromEmpty) {
    List<Operation> history = new ArrayList<>(answered);
    open.values().stream().filter(each -> each.key().equals(key)).forEach(history::add);
    if (LinearizabilityChecker.violations(history, versionOf).isEmpty()) {
      return true;
    }
    Set<Operation> first = new LinkedHashSet<>();
    if (!fromEmpty) {
      for (Operation each : answered) {
        if (each.foundValue() != 0) {
          first.add(entered(key, each.foundVersion(), each.foundValue()));
        }
        if (each.expectedVersion() != 0) {
          first.add(entered(key, each.expectedVersion(), Long.MIN_VALUE)); // a value nobody read
        }
      }
    }
    return first.stream().anyMatch(each -> {
      history.add(0, each);
      boolean possible = LinearizabilityChecker.violations(history, versionOf).isEmpty();
      history.remove(0);
      return possible;
    });
  }

  private static Operation entered(String key, long version, long value) {
    return Operation.write(key, 0, value, -1).ended(Result.OK, -1, version, value);
  }

  /** All nodes are in that group now, nothing is under way, and this is what they show: what was before needs not be kept. */
  void beginFrom(UUID group, Map<String, CopyWatch.Told> entries) {
    History now = new History();
    History before = groups.get(group);
    if (before != null) {
      now.versions.putAll(before.versions);
      now.versionOf.putAll(before.versionOf);
    }
    entries.forEach((key, told) -> {
      if (told.value() != 0) {
        List<Operation> begin = new ArrayList<>();
        begin.add(entered(key, told.version(), told.value()));
        now.operations.put(key, begin);
      }
    });
    groups.clear();
    groups.put(group, now);
    open.clear();
    beganEmpty.add(group);
  }
}
