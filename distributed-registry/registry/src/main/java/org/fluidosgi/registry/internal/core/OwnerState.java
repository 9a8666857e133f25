package org.fluidosgi.registry.internal.core;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.fluidosgi.channel.Env;
import org.fluidosgi.channel.Incarnation;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.registry.Inventory;
import org.fluidosgi.registry.RecordId;
import org.fluidosgi.registry.RegistryStore;
import org.jspecify.annotations.Nullable;

/** What this node knows of one other owner's records.
 * Invariant: {@code records} are exactly the owner's shared records after its write number {@code seq}, in the incarnation
 * last heard of; nothing, until the owner's digest or snapshot was heard. Writes that arrive ahead of a missing one wait in
 * {@code ahead}. Threads: the node's task queue. */
final class OwnerState {
  /** Most writes that wait for a missing one; beyond it they are dropped and read again with a snapshot. */
  static final int AHEAD_MAX = 10_000;

  /** Most bytes of records in writes that wait for a missing one, counted until none waits; as above. */
  static final long AHEAD_BYTES_MAX = 32L * 1024 * 1024;

  final NodeId owner;
  final Reader reader = new Reader();
  private final LocalStore store;
  private final Map<RecordId, StoredRecord> records = new HashMap<>();
  private final TreeMap<Long, RegistryMessage> ahead = new TreeMap<>();
  private long aheadBytes;
  private @Nullable Incarnation incarnation;
  private boolean synced;
  private long seq;
  private long hash;

  /** Progress of reading the owner's snapshot. */
  static final class Reader {
    boolean running;
    boolean queued;
    boolean resting;
    int attempt;
    Env.@Nullable Cancellable pause;
    long token;
    long seq;
    int total;
    final Map<RecordId, StoredRecord> got = new HashMap<>();
    int received;
    final ReadingProgress progress = new ReadingProgress();

    Inventory.@Nullable Reading reading() {
      return running || queued ? new Inventory.Reading(received, total) : null;
    }

    void endPause() {
      if (pause != null) {
        pause.cancel();
        pause = null;
      }
      resting = false;
    }

    void restart() {
      seq = RegistryMessage.SnapshotRequest.NEWEST;
      total = 0;
      received = 0;
      got.clear();
    }
  }

  OwnerState(NodeId owner, LocalStore store) {
    this.owner = owner;
    this.store = store;
    store.ownerUnknown(true);
  }

  private void synced(boolean now) {
    if (synced != now) {
      synced = now;
      store.ownerUnknown(!now);
    }
  }

  @Nullable
  Incarnation incarnation() {
    return incarnation;
  }

  /** What is known, for those who look after the store. */
  Inventory.Owner inventory() {
    return new Inventory.Owner(
        owner, incarnation, synced, seq, records.size(), hash, reader.reading());
  }

  /** Whether the owner's state was known at any moment of this life. */
  boolean synced() {
    return synced;
  }

  /** Number of records. */
  int size() {
    return records.size();
  }

  /** Number of writes that wait for a missing one. */
  int waiting() {
    return ahead.size();
  }

  /** A new life of the owner begins: what it published before is void. */
  void begin(Incarnation life) {
    clear();
    incarnation = life;
  }

  /** Removes all records of the owner, and tells. */
  void clear() {
    for (RecordId id : List.copyOf(records.keySet())) {
      records.remove(id);
      store.remove(id);
    }
    dropAhead();
    synced(false);
    seq = 0;
    hash = 0;
  }

  /** The owner is no member any more: removes all its records, and tells. To be used no more. */
  void leave() {
    clear();
    store.ownerUnknown(false);
  }

  /** Takes one write. Returns false when one before it is missing. Errors: IllegalArgumentException when malformed. */
  boolean write(long number, RegistryMessage message) {
    if (number <= seq) {
      return true; // repeated or late
    }
    if (!synced || number > seq + 1) {
      int bytes = message instanceof RegistryMessage.Put put ? put.record().length : 0;
      if (ahead.size() >= AHEAD_MAX || aheadBytes + bytes > AHEAD_BYTES_MAX) {
        dropAhead();
      }
      if (ahead.putIfAbsent(number, message) == null) {
        aheadBytes += bytes;
      }
      return false;
    }
    apply(number, message);
    drain();
    return ahead.isEmpty();
  }

  private void drain() {
    ahead.headMap(seq, true).clear();
    for (RegistryMessage next = ahead.remove(seq + 1); next != null; next = ahead.remove(seq + 1)) {
      apply(seq + 1, next);
    }
    if (ahead.isEmpty()) {
      aheadBytes = 0;
    }
  }

  private void dropAhead() {
    ahead.clear();
    aheadBytes = 0;
  }

  private void apply(long number, RegistryMessage message) {
    if (message instanceof RegistryMessage.Put put) {
      StoredRecord now = decode(put.record());
      if (now.record().seq() != number) {
        throw new IllegalArgumentException(
            "write " + number + " carries a record of write " + now.record().seq());
      }
      if (records.size() >= RegistryStore.RECORDS_PER_OWNER_MAX
          && !records.containsKey(now.record().id())) {
        throw new IllegalArgumentException(owner + " publishes more than "
            + RegistryStore.RECORDS_PER_OWNER_MAX + " records, the rest is not taken");
      }
      seq = number;
      set(now);
    } else if (message instanceof RegistryMessage.Withdraw withdraw) {
      RecordId id = new RecordId(owner, withdraw.kind(), withdraw.name());
      seq = number;
      unset(id);
    }
  }

  private void set(StoredRecord now) {
    StoredRecord before = records.put(now.record().id(), now);
    hash += now.hash() - (before == null ? 0 : before.hash());
    store.put(now);
  }

  private void unset(RecordId id) {
    StoredRecord before = records.remove(id);
    if (before != null) {
      hash -= before.hash();
      store.remove(id);
    }
  }

  /** Compares with what the owner says. Returns false when the snapshot must be read. */
  boolean agrees(RegistryMessage.Digest digest) {
    if (digest.seq() < seq) {
      return true; // late
    }
    if (synced && digest.seq() == seq) {
      return digest.count() == records.size() && digest.hash() == hash;
    }
    if (digest.count() == 0) {
      replace(digest.seq(), Map.of());
      return ahead.isEmpty();
    }
    return false;
  }

  StoredRecord decode(byte[] record) {
    Incarnation life = incarnation;
    if (life == null) {
      throw new IllegalStateException("nothing was heard of " + owner);
    }
    return RecordCodec.decode(owner, life, record, store.shared);
  }

  /** Takes the owner's whole state; an older one than known is dropped. Returns false when writes are still missing. */
  boolean replace(long at, Map<RecordId, StoredRecord> now) {
    if (at >= seq) {
      synced(true);
      for (RecordId id : List.copyOf(records.keySet())) {
        if (!now.containsKey(id)) {
          unset(id);
        }
      }
      for (StoredRecord each : inOrderOfWrites(now)) {
        StoredRecord before = records.get(each.record().id());
        if (before == null
            || before.record().seq() != each.record().seq()
            || before.hash() != each.hash()) {
          set(each);
        }
      }
      seq = at;
      drain();
    }
    return ahead.isEmpty();
  }

  /** A subscriber is told of an owner's writes in their order, also of those that come with a snapshot. */
  private static List<StoredRecord> inOrderOfWrites(Map<RecordId, StoredRecord> records) {
    return records.values().stream()
        .sorted(Comparator.comparingLong(each -> each.record().seq()))
        .toList();
  }
}
