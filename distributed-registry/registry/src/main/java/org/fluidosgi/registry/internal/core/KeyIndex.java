package org.fluidosgi.registry.internal.core;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NoSuchElementException;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.registry.RecordId;
import org.jspecify.annotations.Nullable;

/** The records of one kind, by id and by key.
 * Invariant: a record is under exactly the keys that {@link IndexKeys} gives it. Threads: the node's task queue. */
final class KeyIndex {
  /** Order of owners, then of names: in it records are shown, page by page. */
  static final Comparator<RecordId> ORDER =
      Comparator.comparing(RecordId::owner).thenComparing(RecordId::name);

  /** Comes before every other name. */
  private static final String FIRST = "\0";

  /** Comes behind every other name. */
  private static final String LAST = "\uffff".repeat(RecordId.CHARS_MAX);

  private final IndexKeys keys;
  private final TreeMap<RecordId, StoredRecord> byId = new TreeMap<>(ORDER);
  private final Map<String, TreeMap<RecordId, StoredRecord>> byKey = new HashMap<>();

  KeyIndex(IndexKeys keys) {
    this.keys = keys;
  }

  int size() {
    return byId.size();
  }

  /** Records under that key. */
  int size(String key) {
    TreeMap<RecordId, StoredRecord> records = byKey.get(key);
    return records == null ? 0 : records.size();
  }

  @Nullable
  StoredRecord get(RecordId id) {
    return byId.get(id);
  }

  /** Adds or replaces; returns what was there. */
  @Nullable
  StoredRecord put(StoredRecord now) {
    RecordId id = now.record().id();
    StoredRecord before = byId.put(id, now);
    if (before != null) {
      unindex(before);
    }
    for (String key : keys.of(now.record())) {
      byKey.computeIfAbsent(key, k -> new TreeMap<>(ORDER)).put(id, now);
    }
    return before;
  }

  /** Removes; returns what was there. */
  @Nullable
  StoredRecord remove(RecordId id) {
    StoredRecord before = byId.remove(id);
    if (before != null) {
      unindex(before);
    }
    return before;
  }

  private void unindex(StoredRecord stored) {
    for (String key : keys.of(stored.record())) {
      TreeMap<RecordId, StoredRecord> records = byKey.get(key);
      if (records != null && records.remove(stored.record().id()) != null && records.isEmpty()) {
        byKey.remove(key);
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
  Iterable<StoredRecord> records(
      Set<String> under, @Nullable RecordId behind, @Nullable NodeId owner) {
    if (under.isEmpty()) {
      return within(byId, behind, owner).values();
    }
    List<NavigableMap<RecordId, StoredRecord>> found = new ArrayList<>();
    for (String key : under) {
      TreeMap<RecordId, StoredRecord> records = byKey.get(key);
      if (records != null) {
        found.add(within(records, behind, owner));
      }
    }
    return found.size() == 1 ? found.get(0).values() : () -> new Merge(found);
  }

  private static NavigableMap<RecordId, StoredRecord> within(
      NavigableMap<RecordId, StoredRecord> records,
      @Nullable RecordId behind,
      @Nullable NodeId owner) {
    if (owner == null || records.isEmpty()) {
      return behind == null ? records : records.tailMap(behind, false);
    }
    String kind = records.firstKey().kind();
    RecordId first = new RecordId(owner, kind, FIRST);
    RecordId last = new RecordId(owner, kind, LAST);
    if (behind == null || ORDER.compare(behind, first) < 0) {
      return records.subMap(first, true, last, true);
    }
    return ORDER.compare(behind, last) < 0
        ? records.subMap(behind, false, last, true)
        : new TreeMap<>(ORDER);
  }

  /** Several maps as one, in order, each record once. */
  private static final class Merge implements Iterator<StoredRecord> {
    private final PriorityQueue<Head> heads =
        new PriorityQueue<>(Comparator.comparing(Head::id, ORDER));

    private record Head(
        RecordId id, StoredRecord stored, Iterator<Map.Entry<RecordId, StoredRecord>> rest) {}

    Merge(List<NavigableMap<RecordId, StoredRecord>> maps) {
      maps.forEach(map -> push(map.entrySet().iterator()));
    }

    private void push(Iterator<Map.Entry<RecordId, StoredRecord>> rest) {
      if (rest.hasNext()) {
        Map.Entry<RecordId, StoredRecord> entry = rest.next();
        heads.add(new Head(entry.getKey(), entry.getValue(), rest));
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
