package org.fluidosgi.framework.internal.group;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import org.fluidosgi.channel.LocalNode;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.channel.Registration;
import org.fluidosgi.framework.internal.core.FakeGroupStore;
import org.fluidosgi.registry.Attributes;
import org.fluidosgi.registry.Clause;
import org.fluidosgi.registry.Explanation;
import org.fluidosgi.registry.Interest;
import org.fluidosgi.registry.Inventory;
import org.fluidosgi.registry.Membership;
import org.fluidosgi.registry.Page;
import org.fluidosgi.registry.PageRequest;
import org.fluidosgi.registry.Publication;
import org.fluidosgi.registry.RecordId;
import org.fluidosgi.registry.RegistryRecord;
import org.fluidosgi.registry.RegistryStore;
import org.fluidosgi.registry.Sink;
import org.fluidosgi.registry.View;
import org.osgi.framework.Filter;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.InvalidSyntaxException;

/** A registry in memory whose members join and leave at once. Each member is told on its own task queue. */
final class FakeGroup {
  /** The store that all members agree on. */
  final FakeGroupStore store;

  FakeGroup() {
    this(new FakeGroupStore());
  }

  FakeGroup(FakeGroupStore store) {
    this.store = store;
  }

  private final Map<RecordId, RegistryRecord> records = new LinkedHashMap<>();
  private final List<Member> members = new ArrayList<>();
  private long epoch;
  private long seq;

  synchronized Member join(LocalNode node) {
    Member member = new Member(node);
    members.add(member);
    announce(Set.of());
    return member;
  }

  synchronized void leave(Member member) {
    members.remove(member);
    List<RegistryRecord> gone = records.values().stream()
        .filter(record -> record.id().owner().equals(member.node.info().id()))
        .toList();
    gone.forEach(record -> records.remove(record.id()));
    for (Member other : members) {
      gone.forEach(record -> other.tell(record, null, true));
    }
    announce(Set.of());
  }

  private void announce(Set<NodeId> merged) {
    if (members.isEmpty()) {
      return;
    }
    epoch++;
    View view = view(merged);
    for (Member member : members) {
      member.node.env().execute(() -> member.listeners.forEach(l -> l.onView(view)));
    }
  }

  private View view(Set<NodeId> merged) {
    return new View(
        epoch, members.stream().map(member -> member.node.info().id()).toList(), merged);
  }

  private synchronized void put(Member from, Publication publication) {
    RecordId id = new RecordId(from.node.info().id(), publication.kind(), publication.name());
    Map<String, Object> copied = Attributes.decode(Attributes.encode(publication.attributes()));
    RegistryRecord now = new RegistryRecord(
        id,
        from.node.info().incarnation(),
        0,
        ++seq,
        publication.scope(),
        Duration.ZERO,
        1,
        publication.keys(),
        copied);
    RegistryRecord before = records.put(id, now);
    members.forEach(member -> member.tell(now, before, false));
  }

  private synchronized void remove(Member from, String kind, String name) {
    RegistryRecord gone = records.remove(new RecordId(from.node.info().id(), kind, name));
    if (gone != null) {
      members.forEach(member -> member.tell(gone, null, true));
    }
  }

  synchronized List<RegistryRecord> all(String kind) {
    return records.values().stream()
        .filter(record -> record.id().kind().equals(kind))
        .toList();
  }

  private static boolean provides(RegistryRecord record, Interest interest) {
    try {
      Filter filter = FrameworkUtil.createFilter(interest.filter());
      return Clause.in(record, Clause.CAPABILITIES, interest.namespace()).stream()
          .anyMatch(each -> filter.matches(each.attributes()));
    } catch (InvalidSyntaxException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private record Subscriber(Interest interest, Sink sink) {}

  /** One node's view of it. */
  final class Member implements RegistryStore, Membership {
    private final LocalNode node;
    private final List<Subscriber> subscribers = new CopyOnWriteArrayList<>();
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();

    Member(LocalNode node) {
      this.node = node;
    }

    private void tell(RegistryRecord record, RegistryRecord before, boolean gone) {
      node.env().execute(() -> {
        for (Subscriber subscriber : subscribers) {
          if (!subscriber.interest.kind().equals(record.id().kind())) {
            continue;
          }
          if (gone) {
            subscriber.sink.removed(record);
          } else if (before == null) {
            subscriber.sink.added(record);
          } else {
            subscriber.sink.modified(record, before);
          }
        }
      });
    }

    @Override
    public CompletionStage<Void> publish(Publication publication) {
      put(this, publication);
      return CompletableFuture.completedFuture(null);
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
      remove(this, kind, name);
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public Registration subscribe(Interest interest, Sink sink, Executor executor) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Registration subscribe(Interest interest, Sink sink) {
      Subscriber subscriber = new Subscriber(interest, sink);
      synchronized (FakeGroup.this) {
        List<RegistryRecord> known = all(interest.kind());
        long at = epoch;
        node.env().execute(() -> {
          known.forEach(sink::added);
          sink.complete(at);
          subscribers.add(subscriber);
        });
      }
      return () -> subscribers.remove(subscriber);
    }

    @Override
    public CompletionStage<Page> scan(Interest interest, PageRequest page) {
      return CompletableFuture.completedFuture(new Page(
          all(interest.kind()).stream().filter(each -> provides(each, interest)).toList(),
          null,
          members.size() > 2));
    }

    @Override
    public CompletionStage<Explanation> explain(Interest interest) {
      throw new UnsupportedOperationException();
    }

    @Override
    public CompletionStage<Inventory> inventory() {
      throw new UnsupportedOperationException();
    }

    @Override
    public View view() {
      synchronized (FakeGroup.this) {
        return FakeGroup.this.view(Set.of());
      }
    }

    @Override
    public Set<NodeId> suspected() {
      return Set.of();
    }

    @Override
    public Registration listen(Listener listener) {
      node.env().execute(() -> {
        listener.onView(view());
        listeners.add(listener);
      });
      return () -> listeners.remove(listener);
    }
  }
}
