package org.fluidosgi.topology.internal;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.ServiceReference;

/** Service properties: comparing and reading them. */
final class PropertyMaps {
  private PropertyMaps() {}

  /** The values of a {@code String+} property; what is no string is left out. */
  static List<String> strings(@Nullable Object value) {
    if (value instanceof String text) {
      return List.of(text);
    }
    if (value instanceof String[] texts) {
      return Arrays.stream(texts).filter(Objects::nonNull).toList();
    }
    if (value instanceof Collection<?> texts) {
      return texts.stream()
          .filter(String.class::isInstance)
          .map(String.class::cast)
          .toList();
    }
    return List.of();
  }

  /** Properties of the service, replaced by those given whatever the case of their keys. */
  static Map<String, Object> merged(ServiceReference<?> service, Map<String, ?> over) {
    Map<String, Object> all = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    for (String key : service.getPropertyKeys()) {
      Object value = service.getProperty(key);
      if (value != null) {
        all.put(key, value);
      }
    }
    all.putAll(over);
    return all;
  }

  /** Whether both hold the same keys with equal values, arrays by content. */
  static boolean same(Map<String, ?> a, Map<String, ?> b) {
    return a.size() == b.size()
        && a.entrySet().stream().allMatch(e -> Objects.deepEquals(e.getValue(), b.get(e.getKey())));
  }
}
