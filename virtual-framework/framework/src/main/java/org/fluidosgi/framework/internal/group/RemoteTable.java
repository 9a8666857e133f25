package org.fluidosgi.framework.internal.group;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.registry.RecordId;
import org.jspecify.annotations.Nullable;

/** The virtual bundles of other nodes by their records, each node's together, and by id and location.
 * Invariant: a bundle is found by the id and the location that its record said last; several may have the same, when groups formed
 * apart. Limit: one entry per record. Threads: any reads without waiting; writers are one at a time, by the monitor of the owner. */
final class RemoteTable {
  private final Map<NodeId, Map<RecordId, Entry>> byOwner = new ConcurrentHashMap<>();
  private final Map<Long, List<RemoteBundle>> byId = new ConcurrentHashMap<>();
  private final Map<String, List<RemoteBundle>> byLocation = new ConcurrentHashMap<>();
  private volatile long changes;

  /** A bundle, and under what it is found. */
  private record Entry(RemoteBundle bundle, long id, String location) {
    static Entry of(RemoteBundle bundle) {
      return new Entry(bundle, bundle.getBundleId(), bundle.getLocation());
    }
  }

  List<RemoteBundle> byId(long id) {
    return byId.getOrDefault(id, List.of());
  }

  List<RemoteBundle> byLocation(String location) {
    return byLocation.getOrDefault(location, List.of());
  }

  int count(NodeId owner) {
    return byOwner.getOrDefault(owner, Map.of()).size();
  }

  List<RemoteBundle> of(NodeId owner) {
    return bundles(byOwner.getOrDefault(owner, Map.of()).values());
  }

  /** Bundles of the nodes that are wanted. */
  List<RemoteBundle> of(Predicate<NodeId> wanted) {
    List<RemoteBundle> found = new ArrayList<>();
    byOwner.forEach((owner, entries) -> {
      if (wanted.test(owner)) {
        found.addAll(bundles(entries.values()));
      }
    });
    return found;
  }

  private static List<RemoteBundle> bundles(Collection<Entry> entries) {
    return entries.stream().map(Entry::bundle).toList();
  }

  /** Rises after each change of what is in here, of an id or a location in it, and of what {@link #touch} is called for. */
  long changes() {
    return changes;
  }

  /** Something that decides which of them are shown has changed. */
  synchronized void touch() {
    changes++;
  }

  /** The one that is there, or that one now. */
  RemoteBundle enter(RecordId id, Supplier<RemoteBundle> fresh) {
    Map<RecordId, Entry> mine =
        byOwner.computeIfAbsent(id.owner(), owner -> new ConcurrentHashMap<>());
    Entry there = mine.get(id);
    if (there == null) {
      there = Entry.of(fresh.get());
      mine.put(id, there);
      index(there);
      touch();
    }
    return there.bundle;
  }

  /** Its record was read again. */
  void read(RecordId id) {
    Map<RecordId, Entry> mine = byOwner.get(id.owner());
    Entry before = mine == null ? null : mine.get(id);
    if (mine != null && before != null) {
      Entry now = Entry.of(before.bundle);
      if (!now.equals(before)) {
        mine.put(id, now);
        index(now);
        leave(before, now);
        touch();
      }
    }
  }

  @Nullable
  RemoteBundle remove(RecordId id) {
    Map<RecordId, Entry> mine = byOwner.get(id.owner());
    Entry there = mine == null ? null : mine.remove(id);
    if (mine != null && mine.isEmpty()) {
      byOwner.remove(id.owner());
    }
    if (there == null) {
      return null;
    }
    leave(there, null);
    touch();
    return there.bundle;
  }

  /** Takes out the bundles of those nodes; returns them. */
  List<RemoteBundle> removeOwners(Predicate<NodeId> left) {
    List<RemoteBundle> removed = new ArrayList<>();
    byOwner.entrySet().removeIf(entry -> {
      boolean gone = left.test(entry.getKey());
      if (gone) {
        entry.getValue().values().forEach(each -> {
          leave(each, null);
          removed.add(each.bundle);
        });
      }
      return gone;
    });
    touch();
    return removed;
  }

  private void index(Entry entry) {
    byId.merge(entry.id, List.of(entry.bundle), RemoteTable::with);
    byLocation.merge(entry.location, List.of(entry.bundle), RemoteTable::with);
  }

  /** Out of the index, but for what it is found by from now on. */
  private void leave(Entry entry, @Nullable Entry now) {
    if (now == null || now.id != entry.id) {
      byId.computeIfPresent(entry.id, (id, there) -> without(there, entry.bundle));
    }
    if (now == null || !now.location.equals(entry.location)) {
      byLocation.computeIfPresent(
          entry.location, (location, there) -> without(there, entry.bundle));
    }
  }

  private static List<RemoteBundle> with(List<RemoteBundle> there, List<RemoteBundle> one) {
    if (isAmong(there, one.get(0))) {
      return there;
    }
    List<RemoteBundle> all = new ArrayList<>(there);
    all.addAll(one);
    return List.copyOf(all);
  }

  private static @Nullable List<RemoteBundle> without(
      List<RemoteBundle> there, RemoteBundle bundle) {
    List<RemoteBundle> rest = there.stream().filter(each -> each != bundle).toList();
    return rest.isEmpty() ? null : rest;
  }

  /** Bundles are equal when their ids are. */
  @SuppressWarnings("ReferenceEquality")
  private static boolean isAmong(List<RemoteBundle> there, RemoteBundle bundle) {
    return there.stream().anyMatch(each -> each == bundle);
  }
}
