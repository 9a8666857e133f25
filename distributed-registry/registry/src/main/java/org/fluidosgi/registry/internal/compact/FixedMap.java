package org.fluidosgi.registry.internal.compact;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** A map that cannot be changed, in the order it was made in, a tenth of the size of a linked one: an array of values beside names that
 * are shared with other maps. Threads: immutable, the values apart. */
public final class FixedMap extends AbstractMap<String, Object> {
  private final Names names;
  private final Object[] values;

  private FixedMap(Names names, Object[] values) {
    this.names = names;
    this.values = values;
  }

  /** A map with the same entries, of shared names, that does not change with the other; the very one when it cannot. Shape: a linked map
   * where the names are more than share well. */
  public static Map<String, Object> copyOf(Map<String, Object> map, SharedValues shared) {
    if (map instanceof FixedMap) {
      return map;
    }
    if (map.size() > Names.COUNT_MAX) {
      return Collections.unmodifiableMap(new LinkedHashMap<>(map));
    }
    String[] names = new String[map.size()];
    Object[] values = new Object[names.length];
    int i = 0;
    for (Map.Entry<String, Object> entry : map.entrySet()) {
      names[i] = entry.getKey();
      values[i++] = entry.getValue();
    }
    return new FixedMap(shared.names(names), values);
  }

  /** The same, for one map alone. */
  public static Map<String, Object> copyOf(Map<String, Object> map) {
    return copyOf(map, SharedValues.NONE);
  }

  @Override
  public int size() {
    return values.length;
  }

  @Override
  public @Nullable Object get(@Nullable Object name) {
    int position = names.position(name);
    return position < 0 ? null : values[position];
  }

  @Override
  public boolean containsKey(@Nullable Object name) {
    return names.position(name) >= 0;
  }

  @Override
  public Set<String> keySet() {
    return names;
  }

  @Override
  public void forEach(BiConsumer<? super String, ? super Object> action) {
    for (int i = 0; i < values.length; i++) {
      action.accept(names.name(i), values[i]);
    }
  }

  @Override
  public @Nullable Object remove(@Nullable Object name) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void clear() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Set<Map.Entry<String, Object>> entrySet() {
    return new Entries();
  }

  private final class Entries extends AbstractSet<Map.Entry<String, Object>> {
    @Override
    public int size() {
      return values.length;
    }

    @Override
    public Iterator<Map.Entry<String, Object>> iterator() {
      return new Iterator<>() {
        private int next;

        @Override
        public boolean hasNext() {
          return next < values.length;
        }

        @Override
        public Map.Entry<String, Object> next() {
          if (next == values.length) {
            throw new NoSuchElementException();
          }
          int at = next++;
          return new SimpleImmutableEntry<>(names.name(at), values[at]);
        }
      };
    }
  }
}
