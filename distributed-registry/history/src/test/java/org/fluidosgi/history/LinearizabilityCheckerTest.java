package org.fluidosgi.history;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.fluidosgi.history.Operation.Result;
import org.junit.jupiter.api.Test;

/** The checker itself: it must find what is wrong. */
class LinearizabilityCheckerTest {
  private static Operation write(long expected, long value, long begin, long end, long version) {
    return lost(expected, value, begin).ended(Result.OK, end, version, value);
  }

  private static Operation read(long begin, long end, long version, long value) {
    return Operation.read("k", begin).ended(Result.OK, end, version, value);
  }

  private static Operation lost(long expected, long value, long begin) {
    return Operation.write("k", expected, value, begin);
  }

  private static void expect(boolean right, Operation... history) {
    assertEquals(
        right ? List.of() : List.of("k"), LinearizabilityChecker.violations(List.of(history)));
  }

  @Test
  void rightHistories() {
    expect(true, write(0, 1, 0, 10, 5), read(11, 12, 5, 1));
    expect(true, write(0, 1, 0, 10, 5), read(3, 4, 0, 0), read(5, 6, 5, 1));
    expect(true, lost(0, 7, 0), read(20, 21, 0, 0), read(30, 31, 9, 7));
    expect(true, lost(0, 7, 0), write(0, 8, 5, 6, 4), read(7, 8, 4, 8));
  }

  @Test
  void wrongHistories() {
    expect(false, write(0, 1, 0, 10, 5), read(11, 12, 0, 0)); // a stale read
    expect(false, write(0, 1, 0, 10, 5), write(0, 2, 11, 20, 6)); // two writers on one version
    expect(false, read(1, 2, 5, 1)); // a value that nobody wrote
    expect(false, lost(0, 7, 10), read(1, 2, 9, 7)); // seen before it began
    expect(false, lost(0, 7, 0), read(5, 6, 9, 7), read(7, 8, 0, 0)); // seen, then gone
  }

  @Test
  void whatNeverHappenedMustNotBeSeen() {
    Operation never = lost(0, 7, 0).never();
    expect(true, never, read(5, 6, 0, 0));
    expect(false, never, read(5, 6, 9, 7));
  }

  @Test
  void aLongHistoryOfConcurrentClientsIsJudgedAndOneChangedAnswerIsFound() {
    List<Operation> history = new ArrayList<>();
    Random random = new Random(1);
    long version = 0;
    long value = 0;
    for (int i = 1; i <= 20_000; i++) {
      long begin =
          10L * i - random.nextInt(40); // up to five at once, of which the order is not told
      if (random.nextInt(4) == 0) {
        history.add(read(begin, 10L * i + random.nextInt(5), version, value));
      } else if (random.nextInt(8) == 0) {
        history.add(lost(version, -i, begin));
      } else {
        history.add(write(version, i, begin, 10L * i + random.nextInt(5), version + 1));
        version++;
        value = i;
      }
    }
    expect(true, history.toArray(Operation[]::new));
    int at = 15_000;
    while (history.get(at).write()) {
      at++;
    }
    Operation read = history.get(at);
    history.set(at, read(read.begin(), read.end(), read.foundVersion() - 40, read.foundValue()));
    expect(false, history.toArray(Operation[]::new));
  }
}
