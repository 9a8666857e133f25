package org.fluidosgi.shell.internal;

import java.util.Locale;
import org.fluidosgi.registry.RegistryRecord;

/** A row of {@code records kind}. */
public record RecordRow(
    String node, String name, long seq, long term, String scope, int keys, boolean local) {
  static RecordRow of(RegistryRecord record, Source.Names names) {
    return new RecordRow(
        names.label(record.id().owner()),
        record.id().name(),
        record.seq(),
        record.term(),
        record.scope().name().toLowerCase(Locale.ROOT),
        record.keys().size(),
        names.local(record.id().owner()));
  }
}
