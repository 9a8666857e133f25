package org.fluidosgi.history;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.fluidosgi.history.Operation.Result;
import org.jspecify.annotations.Nullable;

/** Decides whether a history of one key can have happened on one register with compare-and-set: the algorithm of Wing and Gong (1993)
 * with the memory of Lowe (2017), "Testing for linearizability": try as next every operation that began before the first end of
 * those not yet placed; never search a pair of (placed operations, state) twice. A history of many keys is linearizable if that of
 * each key is (Herlihy and Wing 1990), so keys are checked one by one.
 * An operation without a known result may have happened at any time after its begin, or never. */
public final class LinearizabilityChecker {
  /** A register: version and value; the next version is known only from results. */
  private record State(long version, long value) {}

  private record Seen(BitSet placed, State state) {}

  /** Begin or end of an operation, in a list from which placed operations are taken out for a while. */
  private static final class Event {
    final int number;
    final Operation operation;
    final @Nullable Event end;

    @Nullable
    Event before;

    @Nullable
    Event after;

    Event(int number, Operation operation, @Nullable Event end) {
      this.number = number;
      this.operation = operation;
      this.end = end;
    }

    boolean isBegin() {
      return end != null;
    }

    void takeOut() {
      if (before != null) {
        before.after = after;
      }
      if (after != null) {
        after.before = before;
      }
    }

    void putBack() {
      if (before != null) {
        before.after = this;
      }
      if (after != null) {
        after.before = this;
      }
    }
  }

  private record Placed(Event begin, State before) {}

  /** The version that each value got, as somebody saw it. */
  private final Map<Long, Long> versions = new HashMap<>();

  private final Event head;
  private int answeredLeft;

  private LinearizabilityChecker(List<Operation> operations, Map<Long, Long> versionsSeen) {
    versions.putAll(versionsSeen);
    for (Operation each : operations) {
      if (each.isAnswered()) {
        answeredLeft++;
        versions.putIfAbsent(each.foundValue(), each.foundVersion());
      }
    }
    head = events(operations);
  }

  /** The keys whose history is impossible. */
  public static List<String> violations(List<Operation> history) {
    return violations(history, Map.of());
  }

  /** The keys whose history is impossible, when it is also known which versions some values got. */
  public static List<String> violations(List<Operation> history, Map<Long, Long> versionsSeen) {
    Map<String, List<Operation>> byKey = new TreeMap<>();
    history.stream()
        .filter(each -> each.result() != Result.NEVER)
        .filter(each -> each.write() || each.isAnswered())
        .forEach(
            each -> byKey.computeIfAbsent(each.key(), key -> new ArrayList<>()).add(each));
    List<String> bad = new ArrayList<>();
    byKey.forEach((key, operations) -> {
      if (!new LinearizabilityChecker(operations, versionsSeen).isLinearizable()) {
        bad.add(key);
      }
    });
    return bad;
  }

  private record Moment(long at, boolean begin, Event event) {}

  /** All begins and ends in the order of time; at one moment begins come first. */
  private static Event events(List<Operation> operations) {
    List<Moment> moments = new ArrayList<>();
    int number = 0;
    for (Operation each : operations) {
      Event end = new Event(number, each, null);
      moments.add(new Moment(each.begin(), true, new Event(number, each, end)));
      if (each.isAnswered()) {
        moments.add(new Moment(each.end(), false, end));
      }
      number++;
    }
    moments.sort(Comparator.comparingLong(Moment::at).thenComparing(each -> !each.begin()));
    Event first = new Event(-1, Operation.read("", 0), null);
    Event last = first;
    for (Moment each : moments) {
      last.after = each.event();
      each.event().before = last;
      last = each.event();
    }
    return first;
  }

  private boolean isLinearizable() {
    State state = new State(0, 0);
    BitSet placed = new BitSet();
    Set<Seen> seen = new HashSet<>();
    Deque<Placed> stack = new ArrayDeque<>();
    Event each = head.after;
    while (answeredLeft > 0) { // what else is left may never have happened
      State next = each != null && each.isBegin() ? apply(each.operation, state) : null;
      if (each != null && next != null && isNew(seen, placed, each, next)) {
        stack.push(new Placed(each, state));
        state = next;
        place(each, placed);
        each = head.after;
      } else if (each != null && each.isBegin()) {
        each = each.after;
      } else { // somebody was answered before any of those that are left can have happened
        if (stack.isEmpty()) {
          return false;
        }
        Placed last = stack.pop();
        state = last.before();
        takeBack(last.begin(), placed);
        each = last.begin().after;
      }
    }
    return true;
  }

  private static boolean isNew(Set<Seen> seen, BitSet placed, Event each, State next) {
    BitSet with = (BitSet) placed.clone();
    with.set(each.number);
    return seen.add(new Seen(with, next));
  }

  private void place(Event begin, BitSet placed) {
    placed.set(begin.number);
    begin.takeOut();
    if (begin.operation.isAnswered() && begin.end != null) {
      begin.end.takeOut();
      answeredLeft--;
    }
  }

  private void takeBack(Event begin, BitSet placed) {
    placed.clear(begin.number);
    if (begin.operation.isAnswered() && begin.end != null) {
      begin.end.putBack();
      answeredLeft++;
    }
    begin.putBack();
  }

  /** The state afterwards, null when it cannot happen in this state. */
  private @Nullable State apply(Operation each, State state) {
    boolean matches = each.foundVersion() == state.version() && each.foundValue() == state.value();
    if (!each.write()) {
      return each.result() == Result.OK && matches ? state : null;
    }
    boolean expected = each.expectedVersion() == state.version();
    return switch (each.result()) {
      case CONFLICT -> matches && !expected ? state : null;
      case OK -> expected ? new State(each.foundVersion(), each.foundValue()) : null;
      case UNKNOWN -> expected ? new State(versionOf(each), each.value()) : null;
      case NEVER -> null;
    };
  }

  /** The version that such a write must have got, as others saw it; of a write that nobody saw it does not matter. */
  private long versionOf(Operation write) {
    return versions.getOrDefault(write.value(), -write.value());
  }
}
