package org.fluidosgi.framework.internal.group;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The virtual bundles of this node by host bundle id, by counter and by location, and sorted. The group does not know those that are being
 * installed. Invariant: the maps hold the same bundles; the sorted list is made anew after a change, when it is asked for. Limit: one entry per
 * virtual bundle of this node. Threads: any reads without waiting; writers take the monitor, which calls nobody. */
final class LocalTable {
  private final Map<Long, LocalBundle> byHost = new ConcurrentHashMap<>();
  private final Map<Long, LocalBundle> byCounter = new ConcurrentHashMap<>();
  private final Map<String, LocalBundle> byLocation = new ConcurrentHashMap<>();
  private volatile long changes;
  private volatile Sorted sorted = new Sorted(0, List.of());

  private record Sorted(long changes, List<LocalBundle> bundles) {}

  @Nullable
  LocalBundle get(long hostId) {
    return byHost.get(hostId);
  }

  /** Also one that is being installed. */
  @Nullable
  LocalBundle byCounter(long counter) {
    return byCounter.get(counter);
  }

  /** The one of that counter that the group knows. */
  @Nullable
  LocalBundle known(long counter) {
    return known(byCounter.get(counter));
  }

  /** The one of that location that the group knows. */
  @Nullable
  LocalBundle byLocation(String location) {
    return known(byLocation.get(location));
  }

  private static @Nullable LocalBundle known(@Nullable LocalBundle bundle) {
    return bundle == null || bundle.inDoubt() ? null : bundle;
  }

  /** An installation is over: the group knows its bundle, or it goes. */
  synchronized void settled() {
    changes++;
  }

  boolean containsKey(long hostId) {
    return byHost.containsKey(hostId);
  }

  int size() {
    return byHost.size();
  }

  Collection<LocalBundle> values() {
    return byHost.values();
  }

  /** Those that the group knows, by counter. */
  List<LocalBundle> sorted() {
    Sorted last = sorted;
    long now = changes;
    if (last.changes != now) {
      // What is read after the number has at least the changes up to it.
      last = new Sorted(
          now,
          byCounter.values().stream()
              .filter(bundle -> !bundle.inDoubt())
              .sorted(Comparator.comparingLong(LocalBundle::counter))
              .toList());
      sorted = last;
    }
    return last.bundles;
  }

  /** Rises after each change of what is in here. */
  long changes() {
    return changes;
  }

  /** The one that was there before, which stays; null when there was none. */
  synchronized @Nullable LocalBundle putIfAbsent(long hostId, LocalBundle bundle) {
    LocalBundle before = byHost.putIfAbsent(hostId, bundle);
    if (before == null) {
      byCounter.put(bundle.counter(), bundle);
      byLocation.put(bundle.saved().location(), bundle);
      changes++;
    }
    return before;
  }

  synchronized void put(long hostId, LocalBundle bundle) {
    remove(hostId);
    putIfAbsent(hostId, bundle);
  }

  synchronized void remove(long hostId) {
    LocalBundle there = byHost.get(hostId);
    if (there != null) {
      remove(hostId, there);
    }
  }

  /** Whether that one was there. */
  synchronized boolean remove(long hostId, LocalBundle bundle) {
    boolean there = byHost.remove(hostId, bundle);
    if (there) {
      byCounter.remove(bundle.counter(), bundle);
      byLocation.remove(bundle.saved().location(), bundle);
      changes++;
    }
    return there;
  }

  synchronized void clear() {
    byHost.clear();
    byCounter.clear();
    byLocation.clear();
    changes++;
  }
}
