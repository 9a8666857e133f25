package org.fluidosgi.registry.testkit;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.fluidosgi.registry.RecordId;
import org.fluidosgi.registry.RegistryRecord;
import org.fluidosgi.registry.Sink;

/** Keeps what it is told, and notes what no subscriber may be told: a record added twice, changed or removed unknown, a second mark. */
public class EventSink implements Sink {
  /** What is shown. */
  public final Map<RecordId, RegistryRecord> known = new HashMap<>();

  /** {@code +name}, {@code ~name}, {@code -name}, {@code !} for the mark, in order. */
  public final List<String> events = new ArrayList<>();

  public final List<String> violations = new ArrayList<>();
  private boolean complete;

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
    if (known.put(record.id(), record) != before) {
      violations.add("modified from what was not told: " + record);
    }
  }

  @Override
  public void removed(RegistryRecord record) {
    events.add("-" + record.id().name());
    if (known.remove(record.id()) != record) {
      violations.add("removed, not known like that: " + record);
    }
  }

  @Override
  public void complete(long epoch) {
    events.add("!");
    if (complete) {
      violations.add("a second mark");
    }
    complete = true;
  }

  /** Whether the mark came. */
  public boolean isComplete() {
    return complete;
  }
}
