package org.fluidosgi.itests.conformance.internal;

import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** What rows are written with; the bundle brings no library along. */
final class Checks {
  private static final long PATIENCE_NANOS = 20_000_000_000L;
  private static final long PAUSE_NANOS = 2_000_000L;

  private Checks() {}

  static void same(String what, @Nullable Object expected, @Nullable Object found) {
    if (!Objects.equals(expected, found)) {
      throw new AssertionError(what + ": expected " + expected + ", found " + found);
    }
  }

  static void holds(String what, boolean condition) {
    if (!condition) {
      throw new AssertionError(what + ": it is not so");
    }
  }

  static <T> T there(String what, @Nullable T value) {
    if (value == null) {
      throw new AssertionError(what + ": null");
    }
    return value;
  }

  static void fails(String what, Class<? extends Exception> with, Row.Check call) {
    try {
      call.run();
    } catch (Exception e) {
      if (with.isInstance(e)) {
        return;
      }
      throw new AssertionError(
          what + ": expected " + with.getSimpleName() + ", failed with " + e, e);
    }
    throw new AssertionError(what + ": expected " + with.getSimpleName() + ", nothing happened");
  }

  /** What comes from another node, or from an event thread, may take a moment. */
  static void soon(String what, Callable<Boolean> condition) throws Exception {
    long begin = System.nanoTime();
    while (!condition.call()) {
      if (System.nanoTime() - begin > PATIENCE_NANOS) {
        throw new AssertionError(what + ": not within 20 s");
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }
}
