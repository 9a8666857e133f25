package org.fluidosgi.registry.internal.core;

import org.fluidosgi.registry.RegistryRecord;
import org.fluidosgi.registry.testkit.EventSink;

/** As a subscriber on the task queue is told: nothing is modified before the mark, which is counted and is no event here. */
final class RecordingSink extends EventSink {
  int completes;

  @Override
  public void modified(RegistryRecord record, RegistryRecord before) {
    super.modified(record, before);
    if (completes == 0) {
      violations.add("modified before the mark: " + record);
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
