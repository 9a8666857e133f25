package org.fluidosgi.registry.internal.core;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.fluidosgi.channel.Incarnation;
import org.fluidosgi.registry.RecordId;
import org.fluidosgi.registry.RegistryRecord;
import org.fluidosgi.registry.RegistryStore;
import org.jspecify.annotations.Nullable;

/** This node's own records: numbers its writes and answers those who ask for all of them.
 * Invariant: {@code seq} is the number of the last write that others are told of; count and hash are those of the shared
 * records. Records of local scope are kept out of all that. Threads: the node's task queue. */
final class OwnRecords {
  /** Most states kept for those who are reading them. */
  static final int SNAPSHOTS_MAX = 8;

  private final Incarnation incarnation;
  private final Map<RecordId, StoredRecord> shared = new HashMap<>();
  private final Map<RecordId, StoredRecord> local = new HashMap<>();
  private final Map<Long, List<byte[]>> snapshots = new LinkedHashMap<>();
  private long seq;
  private long localSeq;
  private long hash;

  OwnRecords(Incarnation incarnation) {
    this.incarnation = incarnation;
  }

  @Nullable
  StoredRecord get(RecordId id) {
    StoredRecord stored = shared.get(id);
    return stored == null ? local.get(id) : stored;
  }

  int size() {
    return shared.size() + local.size();
  }

  /** Whether others are told of that record. */
  boolean isShared(RecordId id) {
    return shared.containsKey(id);
  }

  /** The next number of a write. */
  long nextSeq(RegistryRecord.Scope scope) {
    return scope == RegistryRecord.Scope.LOCAL ? ++localSeq : ++seq;
  }

  void put(StoredRecord now) {
    RecordId id = now.record().id();
    if (now.record().scope() == RegistryRecord.Scope.LOCAL) {
      local.put(id, now);
      return;
    }
    local.remove(id);
    StoredRecord before = shared.put(id, now);
    hash += now.hash() - (before == null ? 0 : before.hash());
  }

  void remove(RecordId id) {
    local.remove(id);
    StoredRecord before = shared.remove(id);
    if (before != null) {
      hash -= before.hash();
    }
  }

  RegistryMessage.Digest digest() {
    return new RegistryMessage.Digest(incarnation, seq, shared.size(), hash);
  }

  /** Some of the records as they were at the asked write, as many as fit; at least one if there is one. */
  RegistryMessage.SnapshotChunk chunk(RegistryMessage.SnapshotRequest asked, int bytesMax) {
    long at = asked.seq() == RegistryMessage.SnapshotRequest.NEWEST ? seq : asked.seq();
    List<byte[]> all =
        at == seq ? snapshots.computeIfAbsent(seq, s -> bytesInOrder()) : snapshots.get(at);
    if (all == null || asked.offset() > all.size()) {
      return new RegistryMessage.SnapshotChunk(
          incarnation, RegistryMessage.SnapshotChunk.GONE, 0, 0, List.of());
    }
    forgetOldSnapshots(at);
    List<byte[]> some = new ArrayList<>();
    int room = bytesMax - MessageCodec.CHUNK_BYTES;
    for (byte[] record : all.subList(asked.offset(), all.size())) {
      room -= 4 + record.length;
      if (room < 0 && !some.isEmpty()) {
        break;
      }
      some.add(record);
    }
    if (asked.offset() + some.size() == all.size() && at != seq) {
      snapshots.remove(at); // read to its end and out of date: the next reader takes a newer one
    }
    return new RegistryMessage.SnapshotChunk(incarnation, at, all.size(), asked.offset(), some);
  }

  private List<byte[]> bytesInOrder() {
    return shared.values().stream()
        .sorted(Comparator.comparingLong(each -> each.record().seq()))
        .map(StoredRecord::bytes)
        .toList();
  }

  /** Least recently asked first. */
  private void forgetOldSnapshots(long used) {
    List<byte[]> kept = snapshots.remove(used);
    if (kept != null) {
      snapshots.put(used, kept);
    }
    while (snapshots.size() > SNAPSHOTS_MAX) {
      snapshots.remove(snapshots.keySet().iterator().next());
    }
  }

  /** Number of states kept for readers. */
  int snapshots() {
    return snapshots.size();
  }

  /** Frees what readers were given, once nobody reads. */
  void forgetSnapshots() {
    snapshots.clear();
  }

  /** Errors: IllegalStateException at the limit. */
  void checkRoom(RecordId id) {
    if (get(id) == null && size() >= RegistryStore.RECORDS_PER_OWNER_MAX) {
      throw new IllegalStateException("this node publishes " + size()
          + " records, the most allowed: withdraw some or publish elsewhere");
    }
  }
}
