package org.fluidosgi.registry.internal.core;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.channel.Registration;
import org.fluidosgi.registry.Interest;
import org.fluidosgi.registry.Page;
import org.fluidosgi.registry.RecordId;
import org.fluidosgi.registry.RegistryRecord;
import org.fluidosgi.registry.RegistryStore;
import org.fluidosgi.registry.Sink;
import org.jspecify.annotations.Nullable;

/** The records this node knows, its own and others', by kind, key and id; and who wants to hear of them.
 * Invariant: a sink was told of exactly the records that match its interest. Threads: the node's task queue owns the state;
 * {@link #prepare} and closing a registration may come from any thread. */
final class LocalStore {
  private static final Logger LOG = System.getLogger("org.fluidosgi.registry");
  private static final Comparator<RecordId> ORDER =
      Comparator.comparing(RecordId::owner).thenComparing(RecordId::name);

  /** Records of one kind, found by id and by key. */
  private static final class Kind {
    final TreeMap<RecordId, StoredRecord> byId = new TreeMap<>(ORDER);
    final Map<String, NavigableSet<RecordId>> byKey = new HashMap<>();
    final List<Subscription> subscriptions = new CopyOnWriteArrayList<>();

    void index(RegistryRecord record) {
      for (String key : record.keys()) {
        byKey.computeIfAbsent(key, k -> new TreeSet<>(ORDER)).add(record.id());
      }
    }

    void unindex(RegistryRecord record) {
      for (String key : record.keys()) {
        NavigableSet<RecordId> ids = byKey.get(key);
        if (ids != null && ids.remove(record.id()) && ids.isEmpty()) {
          byKey.remove(key);
        }
      }
    }

    boolean isEmpty() {
      return byId.isEmpty() && subscriptions.isEmpty();
    }
  }

  /** An interest whose filter was checked. */
  record Query(Interest interest, Predicate<Map<String, Object>> filter) {
    boolean matches(RegistryRecord record) {
      if (!interest.anyKey().isEmpty()
          && interest.anyKey().stream().noneMatch(record.keys()::contains)) {
        return false;
      }
      return filter.test(record.attributes());
    }
  }

  private static final class Subscription {
    final Query query;
    final Sink sink;
    volatile boolean closed;
    boolean warned;

    Subscription(Query query, Sink sink) {
      this.query = query;
      this.sink = sink;
    }
  }

  private final String node;
  private final FilterCompiler filters;
  private final Map<String, Kind> kinds = new HashMap<>();

  LocalStore(String node, FilterCompiler filters) {
    this.node = node;
    this.filters = filters;
  }

  /** Checks the interest. Errors: IllegalArgumentException when its filter is wrong. */
  Query prepare(Interest interest) {
    String filter = interest.filter();
    return new Query(interest, filter == null ? any -> true : filters.compile(filter));
  }

  @Nullable
  StoredRecord get(RecordId id) {
    Kind kind = kinds.get(id.kind());
    return kind == null ? null : kind.byId.get(id);
  }

  /** Adds or replaces, and tells. */
  void put(StoredRecord now) {
    RegistryRecord record = now.record();
    Kind kind = kinds.computeIfAbsent(record.id().kind(), k -> new Kind());
    StoredRecord before = kind.byId.put(record.id(), now);
    if (before != null) {
      kind.unindex(before.record());
    }
    kind.index(record);
    for (Subscription each : kind.subscriptions) {
      changed(each, before == null ? null : before.record(), record);
    }
  }

  /** Removes what is there, and tells. */
  void remove(RecordId id) {
    Kind kind = kinds.get(id.kind());
    StoredRecord before = kind == null ? null : kind.byId.remove(id);
    if (kind == null || before == null) {
      return;
    }
    kind.unindex(before.record());
    for (Subscription each : kind.subscriptions) {
      changed(each, before.record(), null);
    }
    if (kind.isEmpty()) {
      kinds.remove(id.kind());
    }
  }

  private void changed(
      Subscription to, @Nullable RegistryRecord before, @Nullable RegistryRecord now) {
    boolean matched = before != null && to.query.matches(before);
    boolean matches = now != null && to.query.matches(now);
    if (matches && now != null) {
      if (matched && before != null) {
        RegistryRecord known = before;
        tell(to, sink -> sink.modified(now, known));
      } else {
        tell(to, sink -> sink.added(now));
      }
    } else if (matched && before != null) {
      RegistryRecord known = before;
      tell(to, sink -> sink.removed(known));
    }
  }

  /** Makes the handle of a subscription that {@link Handle#open} begins. */
  Handle subscribe(Query query, Sink sink) {
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
      Query query = subscription.query;
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

  private static List<RegistryRecord> select(Kind kind, Query query) {
    List<RegistryRecord> records = new ArrayList<>();
    for (RecordId id : candidates(kind, query.interest())) {
      StoredRecord stored = kind.byId.get(id);
      if (stored != null && query.filter().test(stored.record().attributes())) {
        records.add(stored.record());
      }
    }
    return records;
  }

  private static NavigableSet<RecordId> candidates(Kind kind, Interest interest) {
    if (interest.anyKey().isEmpty()) {
      return kind.byId.navigableKeySet();
    }
    NavigableSet<RecordId> union = new TreeSet<>(ORDER);
    for (String key : interest.anyKey()) {
      NavigableSet<RecordId> ids = kind.byKey.get(key);
      if (ids != null) {
        union.addAll(ids);
      }
    }
    return union;
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

  /** One page of what matches, from behind the position. */
  Page scan(Query query, int size, @Nullable RecordId behind) {
    Kind kind = kinds.get(query.interest().kind());
    if (kind == null) {
      return new Page(List.of(), null, false);
    }
    NavigableSet<RecordId> all = candidates(kind, query.interest());
    List<RegistryRecord> records = new ArrayList<>();
    for (RecordId id : behind == null ? all : all.tailSet(behind, false)) {
      StoredRecord stored = kind.byId.get(id);
      if (stored == null || !query.filter().test(stored.record().attributes())) {
        continue;
      }
      if (records.size() == size) {
        RecordId last = records.get(size - 1).id();
        return new Page(records, last.owner() + "/" + last.name(), false);
      }
      records.add(stored.record());
    }
    return new Page(records, null, false);
  }

  /** Ends all subscriptions and forgets all records; tells nobody. */
  void clear() {
    for (Kind kind : kinds.values()) {
      kind.subscriptions.forEach(each -> each.closed = true);
    }
    kinds.clear();
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

  static int checkPageSize(int size) {
    if (size < 1 || size > RegistryStore.PAGE_RECORDS_MAX) {
      throw new IllegalArgumentException(
          "a page of " + size + " records: expected 1.." + RegistryStore.PAGE_RECORDS_MAX);
    }
    return size;
  }
}
