package org.fluidosgi.registry.internal.compact;

import java.util.AbstractSet;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The names of a map's entries, in their order, found by hash. Maps of the same names share one.
 * Shape: at most {@value #COUNT_MAX}, all different: so few that even names chosen to collide are found at once. Threads: immutable. */
public final class Names extends AbstractSet<String> {
  /** Most names. */
  static final int COUNT_MAX = 32;

  private final String[] names;

  /** Positions by hash, one more than the position, 0 for none; at least every second place is free. */
  private final byte[] places;

  private final int hash;

  Names(String[] names) {
    if (names.length > COUNT_MAX) {
      throw new IllegalArgumentException(names.length + " names, at most " + COUNT_MAX);
    }
    this.names = names;
    hash = Arrays.hashCode(names);
    places = new byte[Integer.highestOneBit(Math.max(1, names.length)) * 4];
    for (int i = 0; i < names.length; i++) {
      int at = place(names[i]);
      while (places[at] != 0) {
        at = (at + 1) & (places.length - 1);
      }
      places[at] = (byte) (i + 1);
    }
  }

  private int place(String name) {
    int h = name.hashCode();
    return (h ^ (h >>> 16)) & (places.length - 1);
  }

  /** Position of that name, below 0 when it is not there. */
  int position(@Nullable Object name) {
    if (!(name instanceof String text)) {
      return -1;
    }
    for (int at = place(text); places[at] != 0; at = (at + 1) & (places.length - 1)) {
      if (names[places[at] - 1].equals(text)) {
        return places[at] - 1;
      }
    }
    return -1;
  }

  String name(int position) {
    return names[position];
  }

  /** Whether these are the names, in the same order. */
  boolean are(String[] others, int hashOfOthers) {
    return hash == hashOfOthers && Arrays.equals(names, others);
  }

  @Override
  public int size() {
    return names.length;
  }

  @Override
  public boolean contains(@Nullable Object name) {
    return position(name) >= 0;
  }

  @Override
  public Iterator<String> iterator() {
    return List.of(names).iterator();
  }

  /** As a set: the order means nothing. */
  @Override
  public boolean equals(@Nullable Object other) {
    return super.equals(other);
  }

  @Override
  public int hashCode() {
    return super.hashCode();
  }
}
