package org.fluidosgi.simulation.world;

import org.jspecify.annotations.Nullable;

/** A simulated run broke a promise. */
public final class CheckFailedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final String checker;
  private final long nanos;

  public CheckFailedException(String checker, String what, long nanos, @Nullable Throwable cause) {
    super(what, cause);
    this.checker = checker;
    this.nanos = nanos;
  }

  /** Name of the check that failed, as docs/simulation.md lists them. */
  public String checker() {
    return checker;
  }

  /** Virtual nanoseconds since the beginning of the run. */
  public long nanos() {
    return nanos;
  }
}
