package org.fluidosgi.registry.internal.core;

import java.lang.reflect.Array;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Whether two attribute values say the same: like equals, but arrays by content. The order of a map's keys means nothing. */
final class SameValue {
  private SameValue() {}

  static boolean same(@Nullable Object one, @Nullable Object other) {
    if (one instanceof Map<?, ?> map && other instanceof Map<?, ?> map2) {
      return map.size() == map2.size()
          && map.entrySet().stream()
              .allMatch(
                  e -> map2.containsKey(e.getKey()) && same(e.getValue(), map2.get(e.getKey())));
    }
    if (one instanceof List<?> list && other instanceof List<?> list2) {
      Iterator<?> rest = list2.iterator();
      return list.size() == list2.size() && list.stream().allMatch(e -> same(e, rest.next()));
    }
    if (one != null && other != null && one.getClass().isArray()) {
      return one.getClass() == other.getClass() && sameArrays(one, other);
    }
    return Objects.equals(one, other);
  }

  private static boolean sameArrays(Object one, Object other) {
    int length = Array.getLength(one);
    if (length != Array.getLength(other)) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (!Objects.equals(Array.get(one, i), Array.get(other, i))) {
        return false;
      }
    }
    return true;
  }
}
