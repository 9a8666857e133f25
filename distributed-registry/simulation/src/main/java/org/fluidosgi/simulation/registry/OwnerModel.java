package org.fluidosgi.simulation.registry;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.fluidosgi.channel.Incarnation;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.registry.RegistryRecord;
import org.fluidosgi.registry.RegistryRecord.Scope;
import org.jspecify.annotations.Nullable;

/** What one life of an owner has published, as protocol-registry says it: its records now, and by their sums every state
 * that others may show. */
final class OwnerModel {
  /** One record as it is now. */
  record Written(String kind, String name, long term, Scope scope, long seq, long value) {
    long hash() {
      return Content.hash(kind, name, term, scope, seq, value);
    }
  }

  /** First and last write after which the shared records were the same. */
  record Span(long first, long last) {}

  final NodeId owner;
  final Incarnation life;
  private final TreeMap<String, Written> records = new TreeMap<>();
  private final Map<Long, Span> states = new HashMap<>();
  private boolean alive = true;
  private long endedAt;
  private long writes;
  private long localWrites;
  private long shared;
  private long all;
  private int sharedCount;

  OwnerModel(NodeId owner, Incarnation life) {
    this.owner = owner;
    this.life = life;
    states.put(0L, new Span(0, 0));
  }

  boolean alive() {
    return alive;
  }

  /** Its process ended. */
  void end(long nanos) {
    alive = false;
    endedAt = nanos;
    records.clear();
  }

  /** When its process ended. */
  long endedAt() {
    return endedAt;
  }

  /** Number of its last shared write. */
  long writes() {
    return writes;
  }

  /** Sum of the records that others see. */
  long shared() {
    return shared;
  }

  /** Number of records that others see. */
  int sharedCount() {
    return sharedCount;
  }

  /** Sum of all its records. */
  long all() {
    return all;
  }

  /** When others may have shown what adds up to this, null if never. */
  @Nullable
  Span span(long sum) {
    return states.get(sum);
  }

  @Nullable
  Written get(String kind, String name) {
    return records.get(kind + "/" + name);
  }

  List<Written> records() {
    return new ArrayList<>(records.values());
  }

  /** A publication that the store has taken. */
  void published(String kind, String name, long term, Scope scope, long value) {
    Written before = get(kind, name);
    if (before != null
        && before.term() == term
        && before.scope() == scope
        && before.value() == value) {
      return;
    }
    if (before != null) {
      drop(before);
      if (before.scope() != Scope.LOCAL && scope == Scope.LOCAL) {
        wrote();
      }
    }
    long seq = scope == Scope.LOCAL ? ++localWrites : writes + 1;
    Written now = new Written(kind, name, term, scope, seq, value);
    records.put(kind + "/" + name, now);
    all += now.hash();
    if (scope != Scope.LOCAL) {
      shared += now.hash();
      sharedCount++;
      wrote();
    }
  }

  /** A withdrawal that the store has taken. */
  void withdrawn(String kind, String name) {
    Written before = get(kind, name);
    if (before != null) {
      drop(before);
      if (before.scope() != Scope.LOCAL) {
        wrote();
      }
    }
  }

  private void drop(Written before) {
    records.remove(before.kind() + "/" + before.name());
    all -= before.hash();
    if (before.scope() != Scope.LOCAL) {
      shared -= before.hash();
      sharedCount--;
    }
  }

  private void wrote() {
    writes++;
    long now = writes;
    states.merge(shared, new Span(now, now), (old, added) -> new Span(old.first(), now));
  }

  /** Whether that version is what the living owner publishes now. */
  boolean isCurrent(RegistryRecord record) {
    Written now = get(record.id().kind(), record.id().name());
    return alive && now != null && now.scope() == record.scope() && now.seq() == record.seq();
  }
}
