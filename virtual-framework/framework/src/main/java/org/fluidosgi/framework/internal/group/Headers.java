package org.fluidosgi.framework.internal.group;

import java.util.Collections;
import java.util.Dictionary;
import java.util.Enumeration;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Headers of a manifest: found whatever the case of the name, not to be changed. Threads: immutable. Source: {@code Bundle.getHeaders}. */
@SuppressWarnings("JdkObsolete") // what Bundle is specified with
final class Headers extends Dictionary<String, String> {
  private final Map<String, String> all;

  Headers(Map<String, String> headers) {
    Map<String, String> sorted = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    sorted.putAll(headers);
    all = Collections.unmodifiableMap(sorted);
  }

  @Override
  public int size() {
    return all.size();
  }

  @Override
  public boolean isEmpty() {
    return all.isEmpty();
  }

  @Override
  public Enumeration<String> keys() {
    return Collections.enumeration(all.keySet());
  }

  @Override
  public Enumeration<String> elements() {
    return Collections.enumeration(all.values());
  }

  @Override
  public @Nullable String get(Object name) {
    return name instanceof String text ? all.get(text) : null;
  }

  @Override
  public String put(String name, String value) {
    throw new UnsupportedOperationException("headers cannot be changed");
  }

  @Override
  public String remove(Object name) {
    throw new UnsupportedOperationException("headers cannot be changed");
  }

  @Override
  public String toString() {
    return all.toString();
  }
}
