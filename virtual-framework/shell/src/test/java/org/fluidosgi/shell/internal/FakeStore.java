package org.fluidosgi.shell.internal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;
import org.fluidosgi.channel.Incarnation;
import org.fluidosgi.channel.NodeId;
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
import org.osgi.framework.Filter;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.InvalidSyntaxException;

/** Records in a list; pages of two, whatever is asked for. */
final class FakeStore implements RegistryStore {
  static final NodeId ALPHA = new NodeId(new UUID(0, 1));
  static final NodeId BETA = new NodeId(new UUID(0, 3));
  private static final int PAGE = 2;

  final List<RegistryRecord> records = new ArrayList<>();
  final List<Explanation.Key> keys = new ArrayList<>();
  final Map<Sink, String> sinks = new ConcurrentHashMap<>();
  boolean partial;

  void add(NodeId owner, String kind, String name, Map<String, Object> attributes) {
    add(owner, kind, name, attributes, Duration.ZERO);
  }

  void add(NodeId owner, String kind, String name, Map<String, Object> attributes, Duration ttl) {
    records.add(new RegistryRecord(
        new RecordId(owner, kind, name),
        new Incarnation(new UUID(1, 1), 1),
        0,
        records.size() + 1,
        RegistryRecord.Scope.GROUP,
        ttl,
        1,
        Set.of("k:" + name, "k:" + kind),
        attributes));
    RegistryRecord added = records.get(records.size() - 1);
    sinks.forEach((sink, wanted) -> {
      if (wanted.equals(kind)) {
        sink.added(added);
      }
    });
  }

  /** Withdraws the last record. */
  void removeLast() {
    RegistryRecord removed = records.remove(records.size() - 1);
    sinks.forEach((sink, wanted) -> {
      if (wanted.equals(removed.id().kind())) {
        sink.removed(removed);
      }
    });
  }

  private List<RegistryRecord> matching(Interest interest) {
    Filter filter;
    try {
      filter = interest.filter() == null ? null : FrameworkUtil.createFilter(interest.filter());
    } catch (InvalidSyntaxException e) {
      throw new IllegalArgumentException(
          "filter " + interest.filter() + " is wrong at character 9: it ends too early", e);
    }
    return records.stream()
        .filter(each -> each.id().kind().equals(interest.kind()))
        .filter(each -> filter == null || filter.matches(each.attributes()))
        .toList();
  }

  @Override
  public CompletionStage<Page> scan(Interest interest, PageRequest page) {
    List<RegistryRecord> all = matching(interest);
    String cursor = page.cursor();
    int from = cursor == null ? 0 : Integer.parseInt(cursor);
    int to = Math.min(all.size(), from + PAGE);
    return CompletableFuture.completedFuture(
        new Page(all.subList(from, to), to < all.size() ? Integer.toString(to) : null, partial));
  }

  @Override
  public CompletionStage<Explanation> explain(Interest interest) {
    return CompletableFuture.completedFuture(new Explanation(
        interest, keys, records.size(), matching(interest).size(), List.of(ALPHA), partial));
  }

  @Override
  public CompletionStage<Inventory> inventory() {
    Map<String, Integer> kinds = records.stream()
        .collect(Collectors.groupingBy(each -> each.id().kind(), Collectors.summingInt(each -> 1)));
    Incarnation life = new Incarnation(new UUID(1, 1), 7);
    return CompletableFuture.completedFuture(new Inventory(
        List.of(
            new Inventory.Owner(ALPHA, life, true, 12, records.size(), -2),
            partial
                ? new Inventory.Owner(
                    BETA, null, false, 0, 0, 0, new Inventory.Reading(4_000, 10_000))
                : new Inventory.Owner(BETA, life, true, 0, 0, 0)),
        new TreeMap<>(kinds)));
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
    Map<String, Duration> left = new TreeMap<>();
    records.stream()
        .filter(each -> each.id().owner().equals(ALPHA) && !each.ttl().isZero())
        .forEach(each -> left.put(each.id().name(), each.ttl().dividedBy(2)));
    return CompletableFuture.completedFuture(left);
  }

  @Override
  public CompletionStage<Void> withdraw(String kind, String name) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Registration subscribe(Interest interest, Sink sink, Executor executor) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Registration subscribe(Interest interest, Sink sink) {
    sinks.put(sink, interest.kind());
    matching(interest).forEach(sink::added);
    sink.complete(17);
    return () -> sinks.remove(sink);
  }
}
