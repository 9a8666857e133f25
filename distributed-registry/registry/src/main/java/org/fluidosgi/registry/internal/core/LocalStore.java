package org.fluidosgi.registry.internal.core;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.channel.Registration;
import org.fluidosgi.registry.Explanation;
import org.fluidosgi.registry.Interest;
import org.fluidosgi.registry.Page;
import org.fluidosgi.registry.RecordId;
import org.fluidosgi.registry.RegistryRecord;
import org.fluidosgi.registry.RegistryStore;
import org.fluidosgi.registry.Sink;
import org.fluidosgi.registry.internal.compact.SharedValues;
import org.fluidosgi.registry.internal.core.Subscriptions.Subscription;
import org.jspecify.annotations.Nullable;

/** The records this node knows, its own and others', by kind, key and id; and who wants to hear of them.
 * Invariant: a sink was told of exactly the records that match its interest. Threads: the node's task queue owns the state;
 * {@link #prepare}, {@link #look} and closing a registration may come from any thread. */
final class LocalStore {
  private static final Logger LOG = System.getLogger("org.fluidosgi.registry");

  /** Candidates tried on a page between two looks at the clock. */
  static final int TRIED_BETWEEN_LOOKS = 64;

  /** Records of one kind and who wants to hear of them. */
  private final class Kind {
    final KeyIndex records = new KeyIndex(keys);
    final Subscriptions subscriptions = new Subscriptions();

    boolean isEmpty() {
      return records.size() == 0 && subscriptions.isEmpty();
    }
  }

  /** What records that stay here are made of. */
  final SharedValues shared = new SharedValues();

  private final String node;
  private final NodeId self;
  private final IndexKeys keys;
  private final Planner planner;
  private final Map<String, Kind> kinds = new ConcurrentHashMap<>();
  private volatile int unknownOwners;

  LocalStore(String node, NodeId self, FilterCompiler filters, IndexKeys keys) {
    this.node = node;
    this.self = self;
    this.keys = keys;
    planner = new Planner(self, filters, keys);
  }

  /** Checks the interest. Errors: IllegalArgumentException when its filter is wrong or its scope cannot be asked. */
  Planner.Query prepare(Interest interest) {
    return planner.plan(interest);
  }

  @Nullable
  StoredRecord get(RecordId id) {
    Kind kind = kinds.get(id.kind());
    return kind == null ? null : kind.records.get(id);
  }

  /** Adds or replaces, and tells. */
  void put(StoredRecord now) {
    RegistryRecord record = now.record();
    Kind kind = kinds.computeIfAbsent(record.id().kind(), k -> new Kind());
    StoredRecord before = kind.records.put(now);
    changed(kind, before == null ? null : before.record(), record);
  }

  /** Removes what is there, and tells. */
  void remove(RecordId id) {
    Kind kind = kinds.get(id.kind());
    StoredRecord before = kind == null ? null : kind.records.remove(id);
    if (kind == null || before == null) {
      return;
    }
    changed(kind, before.record(), null);
    if (kind.isEmpty()) {
      kinds.remove(id.kind());
    }
  }

  private void changed(Kind kind, @Nullable RegistryRecord before, @Nullable RegistryRecord now) {
    if (kind.subscriptions.isEmpty()) {
      return;
    }
    Set<String> under = new HashSet<>();
    if (before != null) {
      under.addAll(keys.of(before));
    }
    if (now != null) {
      under.addAll(keys.of(now));
    }
    for (Subscription each : kind.subscriptions.concernedBy(under)) {
      changed(each, before, now);
    }
  }

  private void changed(
      Subscription to, @Nullable RegistryRecord before, @Nullable RegistryRecord now) {
    RegistryRecord known = before != null && to.query.matches(before) ? before : null;
    if (now != null && to.query.matches(now)) {
      if (known != null) {
        tell(to, sink -> sink.modified(now, known));
      } else {
        tell(to, sink -> sink.added(now));
      }
    } else if (known != null) {
      tell(to, sink -> sink.removed(known));
    }
  }

  /** Makes the handle of a subscription that {@link Handle#open} begins. */
  Handle subscribe(Planner.Query query, Sink sink) {
    return new Handle(new Subscription(query, sink));
  }

  /** A subscription to be. */
  final class Handle implements Registration {
    private final Subscription subscription;

    Handle(Subscription subscription) {
      this.subscription = subscription;
    }

    /** Tells the snapshot and the mark, then keeps telling. On the task queue. */
    void open(long epoch) {
      if (subscription.closed) {
        return;
      }
      Planner.Query query = subscription.query;
      Kind kind = kinds.computeIfAbsent(query.interest().kind(), k -> new Kind());
      for (RegistryRecord record : select(kind, query)) {
        tell(subscription, sink -> sink.added(record));
      }
      tell(subscription, sink -> sink.complete(epoch));
      if (!subscription.closed) {
        kind.subscriptions.add(subscription);
      }
    }

    /** Forgets the subscription. On the task queue. */
    void forget() {
      Kind kind = kinds.get(subscription.query.interest().kind());
      if (kind != null && kind.subscriptions.remove(subscription) && kind.isEmpty()) {
        kinds.remove(subscription.query.interest().kind());
      }
    }

    /** From now on nothing is told; {@link #forget} frees the memory. */
    @Override
    public void close() {
      subscription.closed = true;
    }
  }

  private static List<RegistryRecord> select(Kind kind, Planner.Query query) {
    List<RegistryRecord> records = new ArrayList<>();
    for (Iterator<StoredRecord> all = candidates(kind, query, null); all.hasNext(); ) {
      StoredRecord stored = all.next();
      if (query.matches(stored.record())) {
        records.add(stored.record());
      }
    }
    return records;
  }

  private static Iterator<StoredRecord> candidates(
      Kind kind, Planner.Query query, @Nullable RecordId behind) {
    return kind.records.records(kind.records.keysOf(query.lookup()), behind, query.owner());
  }

  /** How that query is answered. */
  Explanation explain(Planner.Query query) {
    Kind kind = kinds.getOrDefault(query.interest().kind(), new Kind());
    List<Explanation.Key> used = kind.records.keysOf(query.lookup()).stream()
        .map(key -> new Explanation.Key(key, kind.records.size(key)))
        .toList();
    int candidates = 0;
    int matches = 0;
    for (Iterator<StoredRecord> all = candidates(kind, query, null); all.hasNext(); ) {
      candidates++;
      if (query.matches(all.next().record())) {
        matches++;
      }
    }
    return new Explanation(
        query.interest(), used, candidates, matches, List.of(self), unknownOwners > 0);
  }

  /** The position behind which a scan goes on; checked by the caller's thread. */
  static @Nullable RecordId position(Interest interest, @Nullable String cursor) {
    if (cursor == null) {
      return null;
    }
    int slash = cursor.indexOf('/');
    try {
      if (slash < 0) {
        throw new IllegalArgumentException("no separator");
      }
      return new RecordId(
          NodeId.parse(cursor.substring(0, slash)), interest.kind(), cursor.substring(slash + 1));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "'" + cursor + "' is no cursor: pass on what the last page gave", e);
    }
  }

  /** What may match that query from behind the position, as of now, to be read at leisure. Threads: any; the caller sees to it that no
   * task of the store runs meanwhile. */
  Reading look(Planner.Query query, @Nullable RecordId behind) {
    Kind kind = kinds.get(query.interest().kind());
    return new Reading(
        query,
        kind == null ? Collections.emptyIterator() : candidates(kind, query, behind),
        unknownOwners > 0);
  }

  /** The candidates of one moment; {@code partial} is passed on. Threads: one. */
  record Reading(Planner.Query query, Iterator<StoredRecord> candidates, boolean partial) {
    /** One page of what matches. It ends when it is {@code late}, which is asked now and then. */
    Page page(int size, BooleanSupplier late) {
      List<RegistryRecord> records = new ArrayList<>();
      int tried = 0;
      RecordId last = null;
      while (candidates.hasNext()) {
        if (last != null
            && (records.size() == size
                || tried == RegistryStore.PAGE_TRIED_MAX
                || (tried % TRIED_BETWEEN_LOOKS == 0 && late.getAsBoolean()))) {
          return new Page(records, last.owner() + "/" + last.name(), partial);
        }
        StoredRecord stored = candidates.next();
        tried++;
        last = stored.record().id();
        if (query.matches(stored.record())) {
          records.add(stored.record());
        }
      }
      return new Page(records, null, partial);
    }
  }

  /** Counts one member more, or less, whose records are not known. */
  void ownerUnknown(boolean more) {
    unknownOwners += more ? 1 : -1; // written by the task queue only
  }

  /** Records by kind. */
  SortedMap<String, Integer> kinds() {
    SortedMap<String, Integer> counted = new TreeMap<>();
    kinds.forEach((name, kind) -> {
      if (kind.records.size() > 0) {
        counted.put(name, kind.records.size());
      }
    });
    return counted;
  }

  /** Ends all subscriptions and forgets all records; tells nobody. */
  void clear() {
    for (Kind kind : kinds.values()) {
      kind.subscriptions.closeAll();
    }
    kinds.clear();
    unknownOwners = 0;
  }

  private void tell(Subscription to, java.util.function.Consumer<Sink> event) {
    if (to.closed) {
      return;
    }
    try {
      event.accept(to.sink);
    } catch (RuntimeException | LinkageError e) {
      Level level = to.warned ? Level.DEBUG : Level.WARNING;
      to.warned = true;
      LOG.log(
          level,
          node + ": a subscriber to " + to.query.interest() + " failed; it is told of"
              + " later changes, further failures are logged at DEBUG",
          e);
    }
  }
}
