package org.fluidosgi.groupstore.internal.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.fluidosgi.groupstore.internal.raft.LinearizabilityChecker.Operation;
import org.fluidosgi.groupstore.internal.raft.LinearizabilityChecker.Result;
import org.junit.jupiter.api.Test;

/** The checker itself: it must find what is wrong. */
class LinearizabilityCheckerTest {
  private static Operation write(long expected, long value, long begin, long end, long version) {
    return new Operation(1, "k", true, expected, value, begin, end, Result.OK, version, value);
  }

  private static Operation read(long begin, long end, long version, long value) {
    return new Operation(2, "k", false, 0, 0, begin, end, Result.OK, version, value);
  }

  private static Operation lost(long expected, long value, long begin) {
    return new Operation(
        3, "k", true, expected, value, begin, Long.MAX_VALUE, Result.UNKNOWN, 0, 0);
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
}
