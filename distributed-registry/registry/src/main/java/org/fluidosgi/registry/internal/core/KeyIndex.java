package org.fluidosgi.registry.internal.core;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.registry.RecordId;
import org.jspecify.annotations.Nullable;

/** The records of one kind, by id and by key.
 * Invariant: a record is under exactly the keys that {@link IndexKeys} gives it. Threads: the node's task queue writes; any thread may
 * read, and has read one state if no task of the store ran meanwhile. */
final class KeyIndex {
  /** Order of owners, then of names: in it records are shown, page by page. */
  static final Comparator<RecordId> ORDER = KeyIndex::compare;

  private final IndexKeys keys;
  private volatile SortedRecords byId = SortedRecords.NONE;
  private final Map<String, SortedRecords> byKey = new ConcurrentHashMap<>();

  KeyIndex(IndexKeys keys) {
    this.keys = keys;
  }

  private static int compare(RecordId one, RecordId other) {
    int owners = one.owner() == other.owner() ? 0 : one.owner().compareTo(other.owner());
    return owners != 0 ? owners : one.name().compareTo(other.name());
  }

  int size() {
    return byId.size();
  }

  /** Records under that key. */
  int size(String key) {
    return byKey.getOrDefault(key, SortedRecords.NONE).size();
  }

  @Nullable
  StoredRecord get(RecordId id) {
    return byId.get(id);
  }

  /** Adds or replaces; returns what was there. */
  @Nullable
  StoredRecord put(StoredRecord now) {
    RecordId id = now.record().id();
    StoredRecord before = byId.get(id);
    byId = byId.with(now);
    Set<String> under = keys.of(now.record());
    if (before != null) {
      unindex(before, under);
    }
    for (String key : under) {
      byKey.put(key, byKey.getOrDefault(key, SortedRecords.NONE).with(now));
    }
    return before;
  }

  /** Removes; returns what was there. */
  @Nullable
  StoredRecord remove(RecordId id) {
    StoredRecord before = byId.get(id);
    if (before != null) {
      byId = byId.without(id);
      unindex(before, Set.of());
    }
    return before;
  }

  /** Takes it from under its keys, but those. */
  private void unindex(StoredRecord stored, Set<String> but) {
    for (String key : keys.of(stored.record())) {
      SortedRecords records = but.contains(key) ? null : byKey.get(key);
      if (records != null) {
        SortedRecords rest = records.without(stored.record().id());
        if (rest.size() == 0) {
          byKey.remove(key);
        } else {
          byKey.put(key, rest);
        }
      }
    }
  }

  /** The keys to look under, the fewest records as of now; empty = look at all. */
  Set<String> keysOf(Lookup lookup) {
    Set<String> chosen = new LinkedHashSet<>();
    choose(lookup, chosen);
    return chosen;
  }

  private void choose(Lookup lookup, Set<String> chosen) {
    if (lookup instanceof Lookup.Key key) {
      chosen.add(key.key());
      if (byKey.containsKey(key.odd())) {
        chosen.add(key.odd());
      }
    } else if (lookup instanceof Lookup.Union union) {
      union.parts().forEach(part -> choose(part, chosen));
    } else if (lookup instanceof Lookup.Choice choice) {
      Lookup least = choice.parts().get(0);
      long records = records(least);
      for (Lookup part : choice.parts()) {
        long count = records(part);
        if (count < records) {
          least = part;
          records = count;
        }
      }
      choose(least, chosen);
    }
  }

  private long records(Lookup lookup) {
    if (lookup instanceof Lookup.Key key) {
      return key.key().equals(key.odd())
          ? size(key.key())
          : (long) size(key.key()) + size(key.odd());
    }
    if (lookup instanceof Lookup.Union union) {
      return union.parts().stream().mapToLong(this::records).sum();
    }
    if (lookup instanceof Lookup.Choice choice) {
      return choice.parts().stream().mapToLong(this::records).min().orElse(0);
    }
    return byId.size();
  }

  /** Records under any of the keys, or all for none, in order, each once: from behind that id, of that owner only; null = no
   * such bound. */
  Iterator<StoredRecord> records(
      Set<String> under, @Nullable RecordId behind, @Nullable NodeId owner) {
    if (under.isEmpty()) {
      return byId.from(behind, owner);
    }
    List<Iterator<StoredRecord>> found = new ArrayList<>();
    for (String key : under) {
      SortedRecords records = byKey.get(key);
      if (records != null) {
        found.add(records.from(behind, owner));
      }
    }
    return found.size() == 1 ? found.get(0) : new Merge(found);
  }

  /** Several as one, in order, each record once. */
  private static final class Merge implements Iterator<StoredRecord> {
    private final PriorityQueue<Head> heads =
        new PriorityQueue<>(Comparator.comparing(Head::id, ORDER));

    private record Head(StoredRecord stored, Iterator<StoredRecord> rest) {
      RecordId id() {
        return stored.record().id();
      }
    }

    Merge(List<Iterator<StoredRecord>> parts) {
      parts.forEach(this::push);
    }

    private void push(Iterator<StoredRecord> rest) {
      if (rest.hasNext()) {
        heads.add(new Head(rest.next(), rest));
      }
    }

    @Override
    public boolean hasNext() {
      return !heads.isEmpty();
    }

    @Override
    public StoredRecord next() {
      Head head = heads.poll();
      if (head == null) {
        throw new NoSuchElementException();
      }
      push(head.rest());
      for (Head same = heads.peek();
          same != null && same.id().equals(head.id());
          same = heads.peek()) {
        heads.remove();
        push(same.rest());
      }
      return head.stored();
    }
  }
}
