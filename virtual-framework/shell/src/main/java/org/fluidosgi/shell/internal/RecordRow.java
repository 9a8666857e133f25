package org.fluidosgi.shell.internal;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import org.fluidosgi.registry.RegistryRecord;
import org.jspecify.annotations.Nullable;

/** A row of {@code records kind}; {@code ttlSeconds} is null for a record without a lease, {@code leftSeconds} also for those of other nodes: only the
 * owner knows. */
public record RecordRow(
    String node,
    String name,
    long seq,
    long term,
    String scope,
    int keys,
    @Nullable Double ttlSeconds,
    @Nullable Double leftSeconds,
    boolean local) {
  /** Shape: {@code left} holds this node's leases by name. */
  static RecordRow of(RegistryRecord record, Source.Names names, Map<String, Duration> left) {
    boolean local = names.local(record.id().owner());
    Duration ttl = record.ttl();
    return new RecordRow(
        names.label(record.id().owner()),
        record.id().name(),
        record.seq(),
        record.term(),
        record.scope().name().toLowerCase(Locale.ROOT),
        record.keys().size(),
        ttl.isZero() ? null : seconds(ttl),
        local && left.containsKey(record.id().name())
            ? seconds(left.get(record.id().name()))
            : null,
        local);
  }

  private static double seconds(Duration span) {
    return span.toMillis() / 100 / 10.0;
  }
}
