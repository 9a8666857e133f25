package org.fluidosgi.itests.benchmarks.framework;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

/** When bundle listeners hear of the bundle that is expected. Threads: any; guarded by itself. */
final class Arrivals {
  private static final long LONGEST_SECONDS = 60;

  private final Set<String> missing = new HashSet<>();
  private String expected = "";
  private int count;
  private long last;

  /** From now on that one, by so many nodes. */
  synchronized void expect(String location, int nodes) {
    expected = location;
    count = nodes;
    missing.clear();
  }

  /** For the listener of that node. */
  BiConsumer<String, Boolean> of(String node) {
    return (location, listed) -> heard(location, node, listed);
  }

  private synchronized void heard(String location, String node, boolean listed) {
    if (location.equals(expected)) {
      if (!listed) {
        missing.add(node);
      }
      count--;
      last = System.nanoTime();
      notifyAll();
    }
  }

  /** Waits until all have heard; when the last did.
   * Errors: IllegalStateException when one does not, or heard of a bundle that its context did not find. */
  synchronized long last() throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LONGEST_SECONDS);
    while (count > 0) {
      long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
      if (left <= 0) {
        throw new IllegalStateException(count + " nodes do not hear of " + expected);
      }
      wait(left);
    }
    if (!missing.isEmpty() || count < 0) {
      throw new IllegalStateException(
          expected + ": told too often, or not found when it was told: " + missing + ", " + count);
    }
    return last;
  }
}
