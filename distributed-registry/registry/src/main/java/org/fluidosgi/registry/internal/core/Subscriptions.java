package org.fluidosgi.registry.internal.core;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.fluidosgi.registry.Sink;

/** Who wants to hear of the records of one kind, found by the keys of a record.
 * Invariant: whoever may be interested in a record is asked. Threads: the node's task queue. */
final class Subscriptions {
  /** One subscriber. Threads: {@code closed} may be set by any thread. */
  static final class Subscription {
    final Planner.Query query;
    final Sink sink;
    volatile boolean closed;
    boolean warned;
    private long number;

    Subscription(Planner.Query query, Sink sink) {
      this.query = query;
      this.sink = sink;
    }
  }

  private static final Comparator<Subscription> OLDEST_FIRST =
      Comparator.comparingLong(each -> each.number);

  private final TreeSet<Subscription> all = new TreeSet<>(OLDEST_FIRST);
  private final TreeSet<Subscription> ofAnyKey = new TreeSet<>(OLDEST_FIRST);
  private final Map<String, Set<Subscription>> byKey = new HashMap<>();
  private long numbers;

  boolean isEmpty() {
    return all.isEmpty();
  }

  void add(Subscription subscription) {
    subscription.number = ++numbers;
    all.add(subscription);
    Set<String> keys = keys(subscription);
    if (keys.isEmpty()) {
      ofAnyKey.add(subscription);
    }
    for (String key : keys) {
      byKey.computeIfAbsent(key, k -> new TreeSet<>(OLDEST_FIRST)).add(subscription);
    }
  }

  /** Returns whether it was there. */
  boolean remove(Subscription subscription) {
    if (subscription.number == 0 || !all.remove(subscription)) {
      return false;
    }
    ofAnyKey.remove(subscription);
    for (String key : keys(subscription)) {
      Set<Subscription> interested = byKey.get(key);
      if (interested != null && interested.remove(subscription) && interested.isEmpty()) {
        byKey.remove(key);
      }
    }
    return true;
  }

  void closeAll() {
    all.forEach(each -> each.closed = true);
  }

  /** Those who may want to hear of a record with these keys, the oldest first; a copy. */
  Collection<Subscription> concernedBy(Set<String> keys) {
    if (byKey.isEmpty()) {
      return List.copyOf(ofAnyKey);
    }
    Set<Subscription> found = new HashSet<>(ofAnyKey);
    for (String key : keys) {
      found.addAll(byKey.getOrDefault(key, Set.of()));
    }
    List<Subscription> ordered = new ArrayList<>(found);
    ordered.sort(OLDEST_FIRST);
    return ordered;
  }

  /** Keys one of which each matching record has; empty = any record may match. */
  private static Set<String> keys(Subscription subscription) {
    Set<String> keys = new HashSet<>();
    collect(subscription.query.lookup(), keys);
    return keys;
  }

  private static void collect(Lookup lookup, Set<String> keys) {
    if (lookup instanceof Lookup.Key key) {
      keys.add(key.key());
      keys.add(key.odd());
    } else if (lookup instanceof Lookup.Union union) {
      union.parts().forEach(part -> collect(part, keys));
    } else if (lookup instanceof Lookup.Choice choice) {
      collect(choice.parts().get(0), keys);
    }
  }
}
