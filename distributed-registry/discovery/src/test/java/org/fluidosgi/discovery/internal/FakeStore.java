package org.fluidosgi.discovery.internal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import org.fluidosgi.channel.Incarnation;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.channel.Registration;
import org.fluidosgi.registry.Attributes;
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
import org.osgi.service.remoteserviceadmin.EndpointDescription;

/** Notes what is published here, and lets the test play the other nodes. */
final class FakeStore implements RegistryStore {
  final List<Publication> published = new CopyOnWriteArrayList<>();
  final List<String> withdrawn = new CopyOnWriteArrayList<>();
  private final List<Sink> sinks = new CopyOnWriteArrayList<>();
  private final Map<RecordId, RegistryRecord> records = new HashMap<>();
  private long seq;

  @Override
  public CompletionStage<Void> publish(Publication publication) {
    Attributes.encode(publication.attributes());
    published.add(publication);
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public CompletionStage<Void> withdraw(String kind, String name) {
    withdrawn.add(name);
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public Registration subscribe(Interest interest, Sink sink, Executor executor) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Registration subscribe(Interest interest, Sink sink) {
    sinks.add(sink);
    new ArrayList<>(records.values()).forEach(sink::added);
    sink.complete(1);
    return () -> sinks.remove(sink);
  }

  @Override
  public CompletionStage<Page> scan(Interest interest, PageRequest page) {
    return CompletableFuture.failedFuture(new UnsupportedOperationException("not used here"));
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
  public CompletionStage<Explanation> explain(Interest interest) {
    return CompletableFuture.failedFuture(new UnsupportedOperationException("not used here"));
  }

  @Override
  public CompletionStage<Inventory> inventory() {
    return CompletableFuture.failedFuture(new UnsupportedOperationException("not used here"));
  }

  int subscribers() {
    return sinks.size();
  }

  /** Another node publishes or modifies. */
  void put(NodeId owner, long term, EndpointDescription endpoint) {
    RecordId id = new RecordId(owner, "endpoint", endpoint.getId());
    RegistryRecord now = new RegistryRecord(
        id,
        new Incarnation(new UUID(1, 1), 1),
        term,
        ++seq,
        RegistryRecord.Scope.GROUP,
        Duration.ZERO,
        1,
        java.util.Set.of(),
        Attributes.decode(Attributes.encode(endpoint.getProperties())));
    RegistryRecord before = records.put(id, now);
    sinks.forEach(sink -> {
      if (before == null) {
        sink.added(now);
      } else {
        sink.modified(now, before);
      }
    });
  }

  /** Another node withdraws or leaves. */
  void remove(NodeId owner, String endpointId) {
    RegistryRecord gone = records.remove(new RecordId(owner, "endpoint", endpointId));
    sinks.forEach(sink -> sink.removed(gone));
  }
}
