package org.fluidosgi.registry.internal.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Where the records that can match are found: every record that matches is among those it names.
 * Threads: immutable. */
sealed interface Lookup {
  /** Nothing narrows it down: all records of the kind. */
  record Scan() implements Lookup {}

  /** Records under that key, and those under {@code odd}: where the attribute is no text, the key does not say what it equals. */
  record Key(String key, String odd) implements Lookup {}

  /** Records under any of them. */
  record Union(List<Lookup> parts) implements Lookup {
    public Union {
      parts = List.copyOf(parts);
    }
  }

  /** Each part alone holds every match: whichever has the fewest records is taken, of several the first. */
  record Choice(List<Lookup> parts) implements Lookup {
    public Choice {
      parts = List.copyOf(parts);
    }
  }

  Lookup ALL = new Scan();

  /** Found under one of these keys. */
  static Lookup anyKey(Set<String> keys) {
    return union(keys.stream().sorted().<Lookup>map(key -> new Key(key, key)).toList());
  }

  /** What matches one of the parts. */
  static Lookup union(List<Lookup> parts) {
    if (parts.stream().anyMatch(Scan.class::isInstance)) {
      return ALL;
    }
    return parts.size() == 1 ? parts.get(0) : new Union(parts);
  }

  /** What matches all parts. One key that every match has goes before any union, interfaces before the rest. */
  static Lookup choice(List<Lookup> parts) {
    List<Lookup> narrow = new ArrayList<>();
    for (Lookup part : parts) {
      if (part instanceof Choice nested) {
        narrow.addAll(nested.parts());
      } else if (!(part instanceof Scan)) {
        narrow.add(part);
      }
    }
    if (narrow.stream().anyMatch(Key.class::isInstance)) {
      narrow.removeIf(part -> !(part instanceof Key));
    }
    if (narrow.isEmpty()) {
      return ALL;
    }
    narrow.sort((one, other) -> Boolean.compare(preferred(other), preferred(one)));
    return narrow.size() == 1 ? narrow.get(0) : new Choice(narrow);
  }

  private static boolean preferred(Lookup lookup) {
    return lookup instanceof Key key && key.key().startsWith(IndexKeys.OBJECT_CLASS);
  }
}
