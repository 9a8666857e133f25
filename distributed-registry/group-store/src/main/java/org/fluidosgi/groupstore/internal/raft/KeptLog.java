package org.fluidosgi.groupstore.internal.raft;

import io.microraft.model.log.LogEntry;
import io.microraft.model.log.SnapshotChunk;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/** The log entries and snapshots that a voter keeps on disk, in memory: what a rewritten log consists of.
 * Invariant: indexes of entries have no gap but after a snapshot. Threads: the owner thread. */
final class KeptLog {
  private final NavigableMap<Long, LogEntry> entries = new TreeMap<>();
  private final NavigableMap<Long, SnapshotChunk[]> chunks = new TreeMap<>();

  /** Enters it, in place of all from its index on. */
  void keep(LogEntry entry) {
    entries.tailMap(entry.getIndex(), true).clear();
    entries.put(entry.getIndex(), entry);
  }

  /** Enters a piece. Errors: IllegalArgumentException when it does not fit to the others of its snapshot. */
  void keep(SnapshotChunk chunk) {
    SnapshotChunk[] of = chunks.computeIfAbsent(
        chunk.getIndex(), index -> new SnapshotChunk[chunk.getSnapshotChunkCount()]);
    if (of.length != chunk.getSnapshotChunkCount()) {
      throw new IllegalArgumentException(
          "a snapshot of " + of.length + " and of " + chunk.getSnapshotChunkCount() + " pieces");
    }
    of[chunk.getSnapshotChunkIndex()] = chunk;
  }

  private static boolean isWhole(SnapshotChunk[] snapshot) {
    return Arrays.stream(snapshot).allMatch(each -> each != null);
  }

  /** Entries up to the index go; of the snapshots the last whole one stays. */
  void forgetUntil(long index) {
    entries.headMap(index, true).clear();
    chunks.headMap(snapshotIndex(), false).clear();
  }

  /** The last whole snapshot, empty if there is none. */
  List<SnapshotChunk> snapshot() {
    return chunks.descendingMap().values().stream()
        .filter(KeptLog::isWhole)
        .findFirst()
        .map(List::of)
        .orElse(List.of());
  }

  /** Where the last whole snapshot stands, 0 if there is none. */
  long snapshotIndex() {
    List<SnapshotChunk> last = snapshot();
    return last.isEmpty() ? 0 : last.get(0).getIndex();
  }

  void forgetFrom(long index) {
    entries.tailMap(index, true).clear();
  }

  void forgetChunks(long index) {
    chunks.remove(index);
  }

  void clear() {
    entries.clear();
    chunks.clear();
  }

  /** The entries after the last whole snapshot. */
  Collection<LogEntry> after() {
    return entries.tailMap(snapshotIndex(), false).values();
  }

  /** Every entry. */
  Collection<LogEntry> all() {
    return entries.values();
  }

  /** Every piece of a snapshot. */
  List<SnapshotChunk> pieces() {
    List<SnapshotChunk> pieces = new ArrayList<>();
    for (SnapshotChunk[] snapshot : chunks.values()) {
      for (SnapshotChunk piece : snapshot) {
        if (piece != null) {
          pieces.add(piece);
        }
      }
    }
    return pieces;
  }
}
