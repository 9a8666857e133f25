package org.fluidosgi.registry;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.fluidosgi.channel.Incarnation;
import org.fluidosgi.registry.internal.compact.FixedMap;

/** What one living owner tells the group; it vanishes with its owner.
 * Shape: {@code (term, incarnation, seq)} decides which of two versions of a record holds, no merge exists; {@code term} is
 * raised when an identity moves to another owner; {@code seq} counts the owner's writes; {@code ttl} zero = lives as long as the
 * owner is a member, else its owner also withdraws it when nobody renews it for that long; {@code keys} are what it is found by ({@code oc:}, {@code cap:}, {@code bsn:}, {@code sha256:});
 * {@code attributes} hold only what {@link Attributes} can write. Threads: immutable.
 * Source: architecture section 3. */
public record RegistryRecord(
    RecordId id,
    Incarnation incarnation,
    long term,
    long seq,
    Scope scope,
    Duration ttl,
    int schema,
    Set<String> keys,
    Map<String, Object> attributes) {
  public RegistryRecord {
    if (term < 0 || seq < 0 || ttl.isNegative() || schema < 0 || schema > 0xffff) {
      throw new IllegalArgumentException("bad record " + id + ": term " + term + ", seq " + seq
          + ", ttl " + ttl + ", schema " + schema);
    }
    keys = Set.copyOf(keys);
    attributes = FixedMap.copyOf(attributes);
  }

  /** How far a record is seen. */
  public enum Scope {
    LOCAL,
    GROUP,
    WORLD
  }
}
