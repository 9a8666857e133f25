package org.fluidosgi.groupstore;

import org.jspecify.annotations.Nullable;

/** An entry: its version, which every write raises, and its value, null when absent. The array is not to be changed.
 * Shape: {@code stale} marks an answer given without a majority of the voters: it was true once, others may have written since. */
@SuppressWarnings("ArrayRecordComponent")
public record Versioned(long version, byte @Nullable [] value, boolean stale) {
  /** An entry that is up to date. */
  public Versioned(long version, byte @Nullable [] value) {
    this(version, value, false);
  }
}
