package org.fluidosgi.registry;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** What a publisher supplies; the store adds owner, incarnation and sequence number.
 * Shape: as {@link RegistryRecord}; publishing the same kind and name again is a modification. */
public record Publication(
    String kind,
    String name,
    long term,
    RegistryRecord.Scope scope,
    Set<String> keys,
    Map<String, Object> attributes) {
  public Publication {
    keys = Set.copyOf(keys);
    attributes = Collections.unmodifiableMap(new LinkedHashMap<>(attributes));
  }

  /** A record of the group, of term 0. */
  public static Publication of(
      String kind, String name, Set<String> keys, Map<String, Object> attributes) {
    return new Publication(kind, name, 0, RegistryRecord.Scope.GROUP, keys, attributes);
  }
}
