package org.fluidosgi.registry.internal.core;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.fluidosgi.channel.Env;
import org.fluidosgi.channel.Incarnation;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.channel.Registration;
import org.fluidosgi.registry.Attributes;
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
import org.fluidosgi.registry.spi.ClusterEngine;

/** A store that holds the records of all members: every look is local, every write is multicast.
 * Invariant: of each member it holds exactly what that member had published at some moment, and nothing of anybody else.
 * Threads: the node's task queue owns the state; the methods may be called from any thread.
 * Source: protocol-registry. */
public final class ReplicaStore implements RegistryStore {
  private static final Logger LOG = System.getLogger("org.fluidosgi.registry");

  /** Version of the meaning of a record's attributes. */
  static final int SCHEMA = 1;

  private final String node;
  private final NodeId self;
  private final Incarnation incarnation;
  private final CountedEnv env;
  private final LocalStore store;
  private final OwnRecords own;
  private final Leases leases;
  private final GroupMembership membership;
  private final Replication replication;
  private volatile boolean closed;

  /** A store with no engine yet. Shape: {@code node} is what log lines begin with. */
  public ReplicaStore(
      String node,
      NodeId self,
      Incarnation incarnation,
      Env env,
      FilterCompiler filters,
      Duration digestPeriod) {
    this(node, self, incarnation, env, filters, new IndexKeys(List.of()), digestPeriod);
  }

  /** The same with more attributes indexed. */
  public ReplicaStore(
      String node,
      NodeId self,
      Incarnation incarnation,
      Env env,
      FilterCompiler filters,
      IndexKeys keys,
      Duration digestPeriod) {
    this(node, self, incarnation, new CountedEnv(env), filters, keys, digestPeriod);
  }

  private ReplicaStore(
      String node,
      NodeId self,
      Incarnation incarnation,
      CountedEnv env,
      FilterCompiler filters,
      IndexKeys keys,
      Duration digestPeriod) {
    this.node = node;
    this.self = self;
    this.incarnation = incarnation;
    this.env = env;
    store = new LocalStore(node, self, filters, keys);
    own = new OwnRecords(incarnation);
    leases = new Leases(node, env, this::remove);
    membership = new GroupMembership(node, self, env);
    replication =
        new Replication(node, self, incarnation, env, store, own, membership, digestPeriod);
  }

  /** The group as this store sees it. */
  public Membership membership() {
    return membership;
  }

  /** What that engine is to be started with. With its first view it takes the place of the one before, whose deliveries are
   * ignored from then on. Errors: IllegalArgumentException when its messages are too short for a record. */
  public ClusterEngine.Handler attach(ClusterEngine engine) {
    return replication.attach(engine);
  }

  /** Ignores from now on what is delivered to that handler, which {@link #attach} made. */
  public void detach(ClusterEngine.Handler handler) {
    replication.detach(handler);
  }

  /** How much it holds beside its own records. Threads: the node's task queue. */
  public StoreSizes sizes() {
    return replication.sizes();
  }

  /** Stops: nobody is told anything any more. Does not close the engine. Idempotent. */
  public void close() {
    closed = true;
    env.execute(() -> {
      leases.clear();
      replication.close();
      membership.clear();
      store.clear();
    });
  }

  @Override
  public CompletionStage<Void> publish(Publication publication) {
    RecordId id = new RecordId(self, store.shared.text(publication.kind()), publication.name());
    byte[] attributes = Attributes.encode(publication.attributes());
    RegistryRecord draft = new RegistryRecord(
        id,
        incarnation,
        publication.term(),
        0,
        publication.scope(),
        Leases.check(RecordCodec.describe(id), publication.ttl()),
        SCHEMA,
        store.shared.keys(publication.keys()),
        // Own records are seen as others see them, and later changes of the caller's arrays do not
        // reach them.
        org.fluidosgi.channel.attributes.Attributes.decode(attributes, store.shared));
    RecordCodec.encode(draft, attributes); // refuses what is too large here, not on the queue
    return onQueue(() -> write(draft, attributes));
  }

  private void write(RegistryRecord draft, byte[] attributes) {
    own.checkRoom(draft.id());
    StoredRecord before = own.get(draft.id());
    if (before != null) {
      if (draft.term() < before.record().term()) {
        throw new IllegalArgumentException(RecordCodec.describe(draft.id()) + " has term "
            + before.record().term() + ", not lower it to " + draft.term());
      }
      if (unchanged(before.record(), draft)) {
        leases.renew(draft.id());
        return;
      }
      if (own.isShared(draft.id()) && draft.scope() == RegistryRecord.Scope.LOCAL) {
        own.remove(draft.id());
        tellWithdrawn(draft.id());
      }
    }
    long seq = own.nextSeq(draft.scope());
    RegistryRecord record = new RegistryRecord(
        draft.id(),
        incarnation,
        draft.term(),
        seq,
        draft.scope(),
        draft.ttl(),
        draft.schema(),
        draft.keys(),
        draft.attributes());
    StoredRecord now = StoredRecord.of(record, RecordCodec.encode(record, attributes));
    own.put(now);
    leases.set(record.id(), record.ttl());
    store.put(now);
    if (draft.scope() != RegistryRecord.Scope.LOCAL) {
      replication.multicast(new RegistryMessage.Put(incarnation, seq, now.bytes()));
    }
  }

  private static boolean unchanged(RegistryRecord before, RegistryRecord draft) {
    return before.term() == draft.term()
        && before.scope() == draft.scope()
        && before.ttl().equals(draft.ttl())
        && before.keys().equals(draft.keys())
        && SameValue.same(before.attributes(), draft.attributes());
  }

  @Override
  public CompletionStage<Void> withdraw(String kind, String name) {
    RecordId id = new RecordId(self, kind, name);
    return onQueue(() -> remove(id));
  }

  private void remove(RecordId id) {
    if (own.get(id) == null) {
      return;
    }
    boolean shared = own.isShared(id);
    own.remove(id);
    leases.forget(id);
    store.remove(id);
    if (shared) {
      tellWithdrawn(id);
    }
  }

  private void tellWithdrawn(RecordId id) {
    long seq = own.nextSeq(RegistryRecord.Scope.GROUP);
    replication.multicast(new RegistryMessage.Withdraw(incarnation, seq, id.kind(), id.name()));
  }

  @Override
  public CompletionStage<Boolean> renew(String kind, String name) {
    RecordId id = new RecordId(self, kind, name);
    return asked(() -> {
      leases.renew(id);
      return own.get(id) != null;
    });
  }

  @Override
  public CompletionStage<Map<String, Duration>> leases(String kind) {
    return asked(() -> leases.left(kind));
  }

  @Override
  public Registration subscribe(Interest interest, Sink sink) {
    return open(interest, new TimedSink(about(interest), env::nanoTime, sink));
  }

  @Override
  public Registration subscribe(Interest interest, Sink sink, Executor executor) {
    ChangeStream stream =
        new ChangeStream(about(interest), env::nanoTime, sink, executor, () -> closed);
    return stream.from(open(interest, stream));
  }

  private String about(Interest interest) {
    return node + ": a subscriber to " + interest;
  }

  private Registration open(Interest interest, Sink sink) {
    LocalStore.Handle handle = store.subscribe(store.prepare(interest), sink);
    env.execute(() -> {
      if (!closed) {
        handle.open(membership.view().epoch());
      }
    });
    return () -> {
      handle.close();
      env.execute(handle::forget);
    };
  }

  @Override
  public CompletionStage<Page> scan(Interest interest, PageRequest page) {
    Planner.Query query = store.prepare(interest);
    RecordId behind = LocalStore.position(interest, page.cursor());
    long begin = env.nanoTime();
    BooleanSupplier late = () -> env.nanoTime() - begin > page.deadline().toNanos();
    long moment = env.moment();
    if (moment != CountedEnv.BUSY && !closed) {
      LocalStore.Reading reading = store.look(query, behind);
      if (env.isStill(moment)) { // what was read is one state, and it does not change any more
        return answered(() -> reading.page(page.size(), late));
      }
    }
    return asked(() -> store.look(query, behind).page(page.size(), late));
  }

  @Override
  public CompletionStage<Explanation> explain(Interest interest) {
    Planner.Query query = store.prepare(interest);
    return asked(() -> store.explain(query));
  }

  @Override
  public CompletionStage<Inventory> inventory() {
    return asked(() -> new Inventory(replication.inventory(), store.kinds()));
  }

  private static <T> CompletionStage<T> answered(Supplier<T> question) {
    try {
      return CompletableFuture.completedFuture(question.get());
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private static IllegalStateException stopping() {
    return new IllegalStateException("the registry of this node is stopping");
  }

  private <T> CompletionStage<T> asked(Supplier<T> question) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    if (closed) {
      answer.completeExceptionally(stopping());
      return answer;
    }
    env.execute(() -> {
      if (closed) { // it knows nothing any more, which is no answer
        answer.completeExceptionally(stopping());
        return;
      }
      try {
        answer.complete(question.get());
      } catch (RuntimeException e) {
        answer.completeExceptionally(e);
      }
    });
    return answer;
  }

  private CompletionStage<Void> onQueue(Runnable task) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    if (closed) {
      done.completeExceptionally(stopping());
      return done;
    }
    env.execute(() -> {
      if (closed) {
        done.completeExceptionally(stopping());
        return;
      }
      try {
        task.run();
        done.complete(null);
      } catch (RuntimeException e) {
        LOG.log(Level.DEBUG, node + ": a write was refused", e);
        done.completeExceptionally(e);
      }
    });
    return done;
  }
}
