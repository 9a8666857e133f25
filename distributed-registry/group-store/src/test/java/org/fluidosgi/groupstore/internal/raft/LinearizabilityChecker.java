package org.fluidosgi.groupstore.internal.raft;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Decides whether a history of one key can have happened on one register with compare-and-set: the algorithm of Wing and Gong (1993)
 * with the memory of Lowe (2017), "Testing for linearizability": try as next every operation that began before the first end of
 * those not yet placed; never search a pair of (placed operations, state) twice. A history of many keys is linearizable if that of
 * each key is (Herlihy and Wing 1990), so keys are checked one by one.
 * An operation without a known result may have happened at any time after its begin, or never. */
final class LinearizabilityChecker {
  /** What was asked, and what came of it. Shape: {@code value} is unique per write, 0 stands for absence; {@code end} is
   * Long.MAX_VALUE when the result is not known. */
  record Operation(
      int client,
      String key,
      boolean write,
      long expectedVersion,
      long value,
      long begin,
      long end,
      Result result,
      long foundVersion,
      long foundValue) {}

  enum Result {
    /** Written, or read: found is the entry afterwards. */
    OK,
    /** The version was another: found is the entry. */
    CONFLICT,
    /** Nobody knows. */
    UNKNOWN
  }

  /** A register: version and value; the next version is known only from results. */
  private record State(long version, long value) {}

  private LinearizabilityChecker() {}

  /** The keys whose history is impossible. */
  static List<String> violations(List<Operation> history) {
    Map<String, List<Operation>> byKey = new TreeMap<>();
    history.forEach(
        each -> byKey.computeIfAbsent(each.key(), key -> new ArrayList<>()).add(each));
    List<String> bad = new ArrayList<>();
    byKey.forEach((key, operations) -> {
      if (!isLinearizable(operations)) {
        bad.add(key);
      }
    });
    return bad;
  }

  private static boolean isLinearizable(List<Operation> operations) {
    return search(operations, new BitSet(), new State(0, 0), new HashSet<>());
  }

  private record Seen(BitSet placed, State state) {}

  private static boolean search(
      List<Operation> operations, BitSet placed, State state, Set<Seen> seen) {
    if (!seen.add(new Seen((BitSet) placed.clone(), state))) {
      return false;
    }
    long firstEnd = Long.MAX_VALUE;
    boolean certainLeft = false;
    for (int i = placed.nextClearBit(0); i < operations.size(); i = placed.nextClearBit(i + 1)) {
      Operation each = operations.get(i);
      firstEnd = Math.min(firstEnd, each.end());
      certainLeft |= each.result() != Result.UNKNOWN;
    }
    if (!certainLeft) {
      return true; // what is left may never have happened
    }
    for (int i = placed.nextClearBit(0); i < operations.size(); i = placed.nextClearBit(i + 1)) {
      Operation each = operations.get(i);
      State next = each.begin() <= firstEnd ? apply(each, state, operations) : null;
      if (next != null) {
        placed.set(i);
        if (search(operations, placed, next, seen)) {
          return true;
        }
        placed.clear(i);
      }
    }
    return false;
  }

  /** The state afterwards, null when it cannot happen in this state. */
  private static State apply(Operation each, State state, List<Operation> operations) {
    boolean matches = each.foundVersion() == state.version() && each.foundValue() == state.value();
    if (!each.write()) {
      return each.result() == Result.OK && matches ? state : null;
    }
    return switch (each.result()) {
      case CONFLICT -> matches && each.expectedVersion() != state.version() ? state : null;
      case OK ->
        each.expectedVersion() == state.version()
            ? new State(each.foundVersion(), each.foundValue())
            : null;
      case UNKNOWN ->
        each.expectedVersion() == state.version()
            ? new State(versionOf(each, operations), each.value())
            : null;
    };
  }

  /** The version that such a write must have got, as others saw it; of a write that nobody saw it does not matter. */
  private static long versionOf(Operation write, List<Operation> operations) {
    for (Operation each : operations) {
      if (each.result() != Result.UNKNOWN && each.foundValue() == write.value()) {
        return each.foundVersion();
      }
    }
    return -write.value();
  }
}
