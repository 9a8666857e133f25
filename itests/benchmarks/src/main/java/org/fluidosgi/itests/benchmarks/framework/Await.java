package org.fluidosgi.itests.benchmarks.framework;

import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** Waits until something is so, and looks often enough for its time to be taken. */
final class Await {
  private static final long LONGEST_SECONDS = 120;

  private Await() {}

  /** Looks again after that pause until it holds. Errors: IllegalStateException saying what did not come about. */
  static void until(Supplier<String> what, long pauseMicros, Callable<Boolean> holds)
      throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LONGEST_SECONDS);
    while (!holds.call()) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException("not within " + LONGEST_SECONDS + " s: " + what.get());
      }
      LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(pauseMicros));
    }
  }
}
