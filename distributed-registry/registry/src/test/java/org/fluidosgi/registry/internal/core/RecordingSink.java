package org.fluidosgi.registry.internal.core;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.fluidosgi.registry.RecordId;
import org.fluidosgi.registry.RegistryRecord;
import org.fluidosgi.registry.Sink;

/** Keeps what it was told, and notes what a subscriber must never be told. */
final class RecordingSink implements Sink {
  final Map<RecordId, RegistryRecord> known = new HashMap<>();
  final List<String> events = new ArrayList<>();
  final List<String> violations = new ArrayList<>();
  int completes;

  @Override
  public void added(RegistryRecord record) {
    events.add("+" + record.id().name());
    if (known.put(record.id(), record) != null) {
      violations.add("added twice: " + record);
    }
  }

  @Override
  public void modified(RegistryRecord record, RegistryRecord before) {
    events.add("~" + record.id().name());
    RegistryRecord had = known.put(record.id(), record);
    if (had != before) {
      violations.add("modified " + record + " from " + before + ", told was " + had);
    }
    if (completes == 0) {
      violations.add("modified before the mark: " + record);
    }
  }

  @Override
  public void removed(RegistryRecord record) {
    events.add("-" + record.id().name());
    if (known.remove(record.id()) != record) {
      violations.add("removed, not known: " + record);
    }
  }

  @Override
  public void complete(long epoch) {
    completes++;
    if (completes > 1) {
      violations.add("second mark");
    }
  }
}
