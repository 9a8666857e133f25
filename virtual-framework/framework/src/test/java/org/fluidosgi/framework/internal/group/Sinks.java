package org.fluidosgi.framework.internal.group;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.fluidosgi.channel.Incarnation;
import org.fluidosgi.channel.Registration;
import org.fluidosgi.registry.Explanation;
import org.fluidosgi.registry.Interest;
import org.fluidosgi.registry.Inventory;
import org.fluidosgi.registry.Page;
import org.fluidosgi.registry.PageRequest;
import org.fluidosgi.registry.Publication;
import org.fluidosgi.registry.RecordId;
import org.fluidosgi.registry.RegistryRecord;
import org.fluidosgi.registry.RegistryStore;
import org.fluidosgi.registry.Sink;

/** A store whose records a test brings about itself, on its own thread. */
final class Sinks implements RegistryStore {
  private final Map<String, Sink> sinks = new HashMap<>();
  private final Map<RecordId, RegistryRecord> records = new HashMap<>();

  /** That record is there, or is so now. */
  void present(RecordId id, Map<String, Object> attributes) {
    RegistryRecord now = new RegistryRecord(
        id,
        new Incarnation(new UUID(4, 4), 1),
        0,
        1,
        RegistryRecord.Scope.GROUP,
        Duration.ZERO,
        1,
        Set.of(),
        attributes);
    RegistryRecord before = records.put(id, now);
    if (before == null) {
      sink(id.kind()).added(now);
    } else {
      sink(id.kind()).modified(now, before);
    }
  }

  /** That record is there no more. */
  void gone(RecordId id) {
    sink(id.kind()).removed(records.remove(id));
  }

  Sink sink(String kind) {
    return sinks.get(kind);
  }

  @Override
  public Registration subscribe(Interest interest, Sink sink) {
    sinks.put(interest.kind(), sink);
    return () -> sinks.remove(interest.kind());
  }

  @Override
  public Registration subscribe(Interest interest, Sink sink, Executor executor) {
    throw new UnsupportedOperationException();
  }

  @Override
  public CompletionStage<Void> publish(Publication publication) {
    throw new UnsupportedOperationException();
  }

  @Override
  public CompletionStage<Boolean> renew(String kind, String name) {
    throw new UnsupportedOperationException();
  }

  @Override
  public CompletionStage<Map<String, Duration>> leases(String kind) {
    throw new UnsupportedOperationException();
  }

  @Override
  public CompletionStage<Void> withdraw(String kind, String name) {
    throw new UnsupportedOperationException();
  }

  @Override
  public CompletionStage<Page> scan(Interest interest, PageRequest page) {
    throw new UnsupportedOperationException();
  }

  @Override
  public CompletionStage<Explanation> explain(Interest interest) {
    throw new UnsupportedOperationException();
  }

  @Override
  public CompletionStage<Inventory> inventory() {
    throw new UnsupportedOperationException();
  }
}
