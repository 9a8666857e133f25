package org.fluidosgi.simulation.registry;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.fluidosgi.channel.Env;
import org.fluidosgi.channel.Incarnation;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.registry.Interest;
import org.fluidosgi.registry.Membership;
import org.fluidosgi.registry.RegistryRecord;
import org.fluidosgi.registry.View;
import org.fluidosgi.registry.internal.OsgiFilters;
import org.fluidosgi.registry.internal.core.LocalEngine;
import org.fluidosgi.registry.internal.core.ReplicaStore;
import org.fluidosgi.registry.spi.ClusterEngine;
import org.fluidosgi.simulation.engine.SimulatedEngine;
import org.fluidosgi.simulation.groupstore.StoreNode;
import org.fluidosgi.simulation.world.SimulatedProcess;
import org.jspecify.annotations.Nullable;

/** One life of a node: its process, store and engine, what it has published, and what consumers on it were told. It is put
 * together as the registry's bundle does: first on the local engine, then on the one that joins. */
final class RegistryNode {
  static final List<String> KINDS = List.of("endpoint", "bundle");
  static final Duration DIGEST_PERIOD = Duration.ofSeconds(5);
  private static final long LAST_BREATH_NANOS = 50_000_000;

  private record Hang(long end, long span) {}

  final RegistryRun run;
  final NodeId id;
  final String name;
  final SimulatedProcess process;
  final ReplicaStore store;
  final OwnerModel model;
  final Mirror mirror;
  final List<Watcher> watchers = new ArrayList<>();
  final StoreNode groupStore;
  final NodeLeases leases = new NodeLeases(this);
  private final Stages stages;
  private ClusterEngine.@Nullable Handler handler;
  private @Nullable SimulatedEngine engine;
  private @Nullable View view;
  private long switchedAt;
  private Set<NodeId> suspected = Set.of();
  private final List<Hang> hangs = new ArrayList<>();

  RegistryNode(RegistryRun run, NodeId id, long life) {
    this.run = run;
    this.id = id;
    name = Names.of(id);
    process = new SimulatedProcess(run.world, name, 0.95 + run.random.nextInt(11) / 100.0);
    process.jump(run.random.nextInt(7_200_000) - 3_600_000);
    Incarnation incarnation =
        new Incarnation(new UUID(life, id.uuid().getLeastSignificantBits()), life);
    model = new OwnerModel(id, incarnation);
    mirror = new Mirror(this);
    stages = new Stages(this);
    Env env = process.thread();
    groupStore = run.stores.start(id, name, process, () -> run.powerLost(this));
    store = new ReplicaStore(name, id, incarnation, env, new OsgiFilters(), DIGEST_PERIOD);
    for (String kind : KINDS) {
      store.subscribe(Interest.inKind(kind), mirror.sink());
    }
    store.membership().listen(new Membership.Listener() {
      @Override
      public void onView(View next) {
        trace("shows view", Names.of(next));
        view = next;
        mirror.viewed(next);
        groupStore.onView(next);
      }

      @Override
      public void onSuspected(Set<NodeId> silent) {
        suspected = silent;
        dirty();
      }
    });
    useLocalEngine();
  }

  // ---- engines

  private void useLocalEngine() {
    switchedAt = run.world.now();
    LocalEngine local = new LocalEngine(id);
    local.start(store.attach(local));
  }

  /** Starts an engine that joins the group. */
  void join() {
    SimulatedEngine made = run.group.engine(id, process);
    engine = made;
    switchedAt = run.world.now();
    ClusterEngine.Handler attached = store.attach(made);
    handler = attached;
    made.begin(attached);
  }

  /** The engine's service goes away: the node is alone until another one comes. */
  void leave() {
    SimulatedEngine old = engine;
    ClusterEngine.Handler attached = handler;
    if (old != null && attached != null) {
      engine = null;
      handler = null;
      store.detach(attached);
      useLocalEngine();
      old.close();
    }
  }

  @Nullable
  SimulatedEngine engine() {
    return engine;
  }

  long sinceSwitch() {
    return run.world.now() - switchedAt;
  }

  // ---- the end

  /** The process dies; {@code silently} takes its host with it. */
  void crash(boolean silently) {
    process.kill();
    groupStore.crash(silently);
    if (!model.alive()) {
      return; // it was about to stop
    }
    model.end(run.world.now());
    SimulatedEngine old = engine;
    if (old != null) {
      run.group.crash(old, silently);
    }
  }

  /** The bundles stop, and the process ends soon after. */
  void stop() {
    leave();
    store.close();
    store
        .publish(Content.publication("endpoint", "late", 0, RegistryRecord.Scope.GROUP, 1))
        .whenComplete((nothing, failure) -> {
          if (failure == null) {
            fail("publish", "a publication was taken after the end");
          }
        });
    groupStore.stop(() -> run.world.schedule(LAST_BREATH_NANOS, process::kill));
    model.end(run.world.now());
  }

  // ---- work

  void publish(String kind, String record, long term, RegistryRecord.Scope scope, long value) {
    CompletionStage<Void> done =
        store.publish(Content.publication(kind, record, term, scope, value));
    stages.add("publish", done, failure -> {
      if (!model.alive()) {
        return; // it stopped meanwhile
      }
      OwnerModel.Written before = model.get(kind, record);
      boolean valid = before == null || before.term() <= term;
      if ((failure == null) != valid) {
        fail("publish", "a publication of " + record + " ended with " + failure);
      } else if (failure == null) {
        model.published(kind, record, term, scope, value);
      }
      dirty();
    });
  }

  void withdraw(String kind, String record) {
    stages.add("withdraw", store.withdraw(kind, record), failure -> {
      if (!model.alive()) {
        return; // it stopped meanwhile
      }
      if (failure != null) {
        fail("withdraw", "the withdrawal of " + record + " failed: " + failure);
      }
      model.withdrawn(kind, record);
      dirty();
    });
  }

  /** Tasks of registry and engine that are scheduled for later. */
  int timers() {
    return process.timers() - groupStore.timers();
  }

  /** Its process hangs for that long. */
  void hang(Duration span) {
    process.hang(span);
    long end = run.world.now() + span.toNanos();
    hangs.add(new Hang(end, span.toNanos()));
    stages.heldUntil(end);
  }

  /** How long its process hung at most, in hangs that were not over at that time. */
  long hungSince(long nanos) {
    return hangs.stream()
        .filter(each -> each.end() >= nanos)
        .mapToLong(Hang::span)
        .sum();
  }

  Stages stages() {
    return stages;
  }

  long sum() {
    return model.all();
  }

  // ---- checks

  /** To be checked when the event under way is over. */
  void dirty() {
    run.dirty(this);
  }

  /** Checks that hold after every event. */
  void checkEvent() {
    View now = store.membership().view();
    mirror.check(now);
    if (!suspected.equals(store.membership().suspected())
        || !now.members().containsAll(suspected)) {
      fail("suspicions", "told " + suspected + ", says " + store.membership().suspected());
    }
  }

  /** Checks that hold after every step. */
  void checkStep() {
    stages.check();
    groupStore.checkStep();
    leases.check();
    watchers.forEach(Watcher::check);
    Bounds.check(this);
    if (view != null && !view.equals(store.membership().view())) {
      fail("views", "told " + view + ", says " + store.membership().view());
    }
  }

  void fail(String checker, String what) {
    run.world.fail(checker, name + " " + what);
  }

  void trace(String word, Object detail) {
    run.world.trace().note(name, word, detail);
  }

  void trace(String word, RegistryRecord record) {
    run.world
        .trace()
        .count(name, word + record.id().name(), record.seq() << 16 ^ Content.value(record));
  }

  @Override
  public String toString() {
    return name;
  }
}
