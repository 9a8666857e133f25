package org.fluidosgi.groupstore.internal.raft;

import org.fluidosgi.groupstore.internal.core.Entries;

/** When a store tidies up. Shape: a snapshot is taken after so many log entries; the log is rewritten when it is longer than so many
 * bytes and twice as long as after the last time; so many changes are remembered. The simulation uses less than nodes. */
public record Limits(int snapshotEntries, long compactBytesMin, int changesMax) {
  /** Those of nodes. */
  public static final Limits USUAL =
      new Limits(Replica.SNAPSHOT_ENTRIES, RaftDisk.COMPACT_BYTES_MIN, Entries.CHANGES_MAX);
}
