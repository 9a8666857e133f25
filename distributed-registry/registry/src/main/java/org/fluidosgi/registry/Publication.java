package org.fluidosgi.registry;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** What a publisher supplies; the store adds owner, incarnation and sequence number.
 * Shape: as {@link RegistryRecord}; publishing the same kind and name again is a modification. {@code ttl} zero = until it is withdrawn;
 * else a lease of {@link RegistryStore#TTL_MIN}..{@link RegistryStore#TTL_MAX}, in whole milliseconds, that publishing again or
 * {@link RegistryStore#renew} renews. */
public record Publication(
    String kind,
    String name,
    long term,
    RegistryRecord.Scope scope,
    Set<String> keys,
    Map<String, Object> attributes,
    Duration ttl) {
  public Publication {
    keys = Set.copyOf(keys);
    attributes = Collections.unmodifiableMap(new LinkedHashMap<>(attributes));
  }

  /** One that lives as long as this node is a member. */
  public Publication(
      String kind,
      String name,
      long term,
      RegistryRecord.Scope scope,
      Set<String> keys,
      Map<String, Object> attributes) {
    this(kind, name, term, scope, keys, attributes, Duration.ZERO);
  }

  /** A record of the group, of term 0. */
  public static Publication of(
      String kind, String name, Set<String> keys, Map<String, Object> attributes) {
    return new Publication(kind, name, 0, RegistryRecord.Scope.GROUP, keys, attributes);
  }

  /** The same with that time to live. */
  public Publication leased(Duration life) {
    return new Publication(kind, name, term, scope, keys, attributes, life);
  }
}
