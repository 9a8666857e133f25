package org.fluidosgi.framework.internal.core;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.framework.internal.core.Change.Kind;
import org.fluidosgi.framework.internal.core.Change.Step;
import org.fluidosgi.framework.internal.core.Verdicts.Question;
import org.fluidosgi.framework.internal.core.Verdicts.Verdict;
import org.fluidosgi.groupstore.GroupVoters;
import org.fluidosgi.registry.View;
import org.fluidosgi.registry.spi.ClusterEngine;
import org.fluidosgi.simulation.engine.SimulatedEngine;
import org.fluidosgi.simulation.engine.SimulatedGroup;
import org.fluidosgi.simulation.groupstore.StoreGroup;
import org.fluidosgi.simulation.groupstore.StoreNode;
import org.fluidosgi.simulation.world.SimulatedNetwork;
import org.fluidosgi.simulation.world.SimulatedProcess;
import org.fluidosgi.simulation.world.SimulatedWorld;
import org.jspecify.annotations.Nullable;

/** A simulated group whose nodes have each other install, update and uninstall while processes are killed at each step, with the agreed
 * group store in between. In the end each bundle is as those were told who asked, host and file say the same, and no question is left.
 * Threads: one. Errors: AssertionError or CheckFailedException, which the seed repeats. */
final class ChangesRun {
  private static final int ANSWER_MILLIS_MAX = 20_000;
  private static final Duration KEPT = Duration.ofMinutes(2);
  private static final int ROUNDS = 60;

  final Map<Kind, Map<Step, Integer>> killed = new EnumMap<>(Kind.class);
  final Map<String, Integer> told = new TreeMap<>();
  private final SimulatedWorld world;
  private final SimulatedNetwork network;
  private final SimulatedGroup group;
  private final StoreGroup stores;
  private final SplittableRandom random;
  private final List<Machine> machines = new ArrayList<>();
  private long lastBundle;
  private long lastChange;
  private boolean calm;

  ChangesRun(int nodes, long seed) {
    world = new SimulatedWorld(seed);
    network = new SimulatedNetwork(world);
    group = new SimulatedGroup(world, network);
    stores = new StoreGroup(world, network);
    random = world.random();
    for (int i = 1; i <= nodes; i++) {
      machines.add(new Machine(i));
    }
  }

  /** What is on file of a bundle. */
  private record Filed(String sha256, @Nullable Change change) {}

  /** A machine: what its disk and its host keep over the lives of its process, and what whoever asked was told of its bundles. */
  private final class Machine {
    final NodeId id;
    final Map<Long, Filed> file = new TreeMap<>();
    final Map<Long, String> host = new TreeMap<>();
    final Map<Long, Set<String>> possible = new TreeMap<>();

    /** Of each bundle whose last change was taken back: the group store that was to decide it. */
    final Map<Long, UUID> takenBack = new TreeMap<>();

    @Nullable
    Life life;

    Machine(long number) {
      id = new NodeId(new UUID(0, number));
    }

    String at(long bundle) {
      return host.getOrDefault(bundle, "none");
    }
  }

  /** One life of its process. */
  private final class Life implements Changes.Ground {
    final Machine machine;
    final SimulatedProcess process;
    final SimulatedProcess.SimulatedThread thread;
    final StoreNode store;
    final SimulatedEngine engine;
    final Verdicts verdicts;
    final Changes changes;

    Life(Machine machine) {
      this.machine = machine;
      String name = "n" + machine.id.uuid().getLeastSignificantBits();
      process = new SimulatedProcess(world, name, 1);
      thread = process.thread();
      store = stores.start(machine.id, name, process, () -> {});
      verdicts = new Verdicts(machine.id, thread, KEPT, this::underWay);
      changes = new Changes(this, verdicts, thread, thread);
      engine = group.engine(machine.id, process);
      machine.life = this;
      engine.begin(new ClusterEngine.Handler() {
        @Override
        public void onView(View view) {
          store.onView(view);
        }

        @Override
        public void onMessage(NodeId from, byte[] message) {}

        @Override
        public CompletionStage<byte[]> onRequest(NodeId from, byte[] message) {
          return CompletableFuture.completedFuture(message);
        }
      });
      thread.execute(() -> verdicts.attach(store.store()));
      thread.execute(() -> machine.file.values().stream()
          .map(Filed::change)
          .filter(change -> change != null)
          .toList()
          .forEach(changes::resume));
    }

    private boolean underWay(UUID change) {
      return machine.file.values().stream()
          .anyMatch(each -> each.change() != null && each.change().id().equals(change));
    }

    @Override
    public void begin(Change change) {
      if (!process.dead()) {
        Filed before = machine.file.get(change.counter());
        machine.file.put(
            change.counter(), new Filed(before == null ? "none" : before.sha256(), change));
      }
    }

    @Override
    public void apply(Change change) {
      if (process.dead()) {
        return;
      }
      if (change.kind() == Kind.UNINSTALL) {
        machine.host.remove(change.counter());
      } else if (change.id().getLeastSignificantBits() % 10 == 0) {
        throw new IllegalStateException("the host refuses");
      } else {
        machine.host.put(change.counter(), change.sha256());
      }
    }

    @Override
    public void undo(Change change) {
      if (process.dead()) {
        return;
      }
      String before = machine.file.get(change.counter()).sha256();
      if (before.equals("none")) {
        machine.host.remove(change.counter());
      } else {
        machine.host.put(change.counter(), before);
      }
    }

    @Override
    public void end(Change change, boolean done) {
      if (process.dead()) {
        return;
      }
      String before = machine.file.get(change.counter()).sha256();
      String after = change.kind() == Kind.UNINSTALL ? "none" : change.sha256();
      machine.takenBack.remove(change.counter());
      if (!done && change.question() != null) {
        machine.takenBack.put(change.counter(), change.question().group());
      }
      String now = done ? after : before;
      if (now.equals("none")) {
        machine.file.remove(change.counter());
      } else {
        machine.file.put(change.counter(), new Filed(now, null));
      }
    }

    @Override
    public void at(Change change, Step step) {
      if (calm || process.dead()) {
        return;
      }
      if (random.nextInt(8) == 0) {
        partition();
      }
      if (random.nextInt(8) == 0) {
        killed
            .computeIfAbsent(change.kind(), k -> new EnumMap<>(Step.class))
            .merge(step, 1, Integer::sum);
        world.trace().note("kill", step + " " + change, machine.id);
        kill(this, random.nextBoolean());
      }
    }

    /** Has that machine change a bundle; what may be there afterwards is noted in {@code possible}. */
    void ask(Machine target, Change plan) {
      String before = target.at(plan.counter());
      String after = plan.kind() == Kind.UNINSTALL ? "none" : plan.sha256();
      target.possible.put(plan.counter(), new TreeSet<>(Set.of(before, after)));
      verdicts.ask(target.id, plan.id()).whenComplete((question, refused) -> {
        if (refused == null) {
          send(target, asked(plan, question), before, after);
        } else {
          told(target, plan, before);
          count(plan, "not asked");
        }
      });
    }

    private static Change asked(Change plan, Question question) {
      return new Change(
          plan.id(),
          plan.kind(),
          question,
          plan.counter(),
          plan.location(),
          plan.sha256(),
          plan.size());
    }

    private void send(Machine target, Change change, String before, String after) {
      CompletableFuture<Boolean> answer = new CompletableFuture<>();
      thread.schedule(
          Duration.ofMillis(1_000 + random.nextInt(ANSWER_MILLIS_MAX)),
          () -> answer.completeExceptionally(new IllegalStateException("no answer")));
      network.stream(machine.id, target.id, () -> {
        Life serving = target.life;
        if (serving != null) {
          serving.thread.execute(() -> serving.serve(this, change, answer));
        }
      });
      answer.whenComplete((done, failure) -> {
        if (failure != null) {
          giveUp(target, change, before, after);
        } else {
          told(target, change, done ? after : before);
          verdicts.forget(target.id, change.id());
          count(change, done ? "done" : "refused");
        }
      });
    }

    private void serve(Life asking, Change change, CompletableFuture<Boolean> answer) {
      changes.carryOut(change).whenComplete((done, failure) -> {
        if (!process.dead()) {
          boolean made = failure == null && done;
          Runnable arrive = () -> asking.thread.execute(() -> answer.complete(made));
          network.stream(machine.id, asking.machine.id, arrive);
        }
      });
    }

    private void giveUp(Machine target, Change change, String before, String after) {
      verdicts.giveUp(target.id, change.question()).whenComplete((verdict, undecided) -> {
        if (undecided != null || verdict == Verdict.ELSEWHERE) {
          count(change, "undecided");
        } else {
          boolean done = verdict == Verdict.DONE;
          told(target, change, done ? after : before);
          count(change, done ? "done after all" : "given up");
        }
      });
    }

    private void count(Change change, String what) {
      if (process.dead()) {
        return;
      }
      told.merge(what, 1, Integer::sum);
      world.trace().note("told", what + " " + change, machine.id);
    }

    private void told(Machine target, Change change, String state) {
      if (!process.dead()) {
        target.possible.put(change.counter(), Set.of(state));
      }
    }
  }

  private void kill(Life life, boolean silently) {
    life.process.kill();
    life.store.crash(silently);
    group.crash(life.engine, silently);
    life.machine.life = null;
  }

  private List<Life> alive() {
    return machines.stream()
        .map(machine -> machine.life)
        .filter(life -> life != null)
        .toList();
  }

  /** Plays it. */
  void play() {
    try (stores) {
      machines.forEach(Life::new);
      world.advance(Duration.ofSeconds(20));
      for (int round = 0; round < ROUNDS; round++) {
        disturb();
        order();
        world.advance(Duration.ofMillis(random.nextInt(4_000)));
      }
      calm = true;
      network.heal();
      machines.stream().filter(machine -> machine.life == null).forEach(Life::new);
      boolean over = world.until(Duration.ofMinutes(15), this::over);
      check(
          over,
          "changes are not over: " + machines.stream().map(each -> each.file).toList());
      world.advance(KEPT.multipliedBy(3));
      UUID last = group();
      machines.forEach(machine -> check(machine, last));
      checkNothingIsLeft();
    }
  }

  private void disturb() {
    switch (random.nextInt(10)) {
      case 0 -> network.disturb(random.nextInt(3) * 0.1, 0, 1 + random.nextInt(300));
      case 1 -> partition();
      case 2, 3 -> network.heal();
      case 4 -> {
        List<Life> alive = alive();
        if (!alive.isEmpty()) {
          kill(alive.get(random.nextInt(alive.size())), random.nextBoolean());
        }
      }
      default ->
        machines.stream().filter(machine -> machine.life == null).findFirst().ifPresent(Life::new);
    }
  }

  private void partition() {
    Map<NodeId, Integer> sides = new HashMap<>();
    machines.forEach(machine -> sides.put(machine.id, random.nextInt(2)));
    network.partition(sides);
  }

  /** One node has another one change a bundle that nobody else is changing. */
  private void order() {
    List<Life> alive = alive();
    if (alive.isEmpty()) {
      return;
    }
    Life asking = alive.get(random.nextInt(alive.size()));
    Machine target = machines.get(random.nextInt(machines.size()));
    if (target == asking.machine) {
      return;
    }
    List<Long> free = target.file.keySet().stream()
        .filter(bundle -> target.file.get(bundle).change() == null)
        .filter(bundle -> target.possible.getOrDefault(bundle, Set.of()).size() == 1)
        .toList();
    boolean fresh = free.isEmpty() || random.nextInt(3) == 0;
    long bundle = fresh ? ++lastBundle : free.get(random.nextInt(free.size()));
    Kind kind = fresh ? Kind.INSTALL : random.nextInt(3) > 0 ? Kind.UPDATE : Kind.UNINSTALL;
    long number = ++lastChange;
    Change change =
        new Change(new UUID(7, number), kind, null, bundle, "b" + bundle, "c" + number, 1);
    asking.ask(target, change);
  }

  private boolean over() {
    return machines.stream()
        .allMatch(
            machine -> machine.file.values().stream().allMatch(each -> each.change() == null));
  }

  private void check(Machine machine, UUID last) {
    Map<Long, String> filed = new TreeMap<>();
    machine.file.forEach((bundle, each) -> filed.put(bundle, each.sha256()));
    check(filed.equals(machine.host), machine.id + ": file " + filed + ", host " + machine.host);
    machine.possible.forEach((bundle, states) -> {
      // What a store had decided that was given up for another one, nobody can know any more.
      boolean storeGone = !machine.takenBack.getOrDefault(bundle, last).equals(last);
      check(
          storeGone || states.contains(machine.at(bundle)),
          machine.id + ": b" + bundle + " is " + machine.at(bundle) + ", told " + states);
    });
  }

  /** The group store that all have in the end. */
  private UUID group() {
    List<UUID> found = new ArrayList<>();
    alive()
        .forEach(life -> ((GroupVoters) life.store.store())
            .voters()
            .thenAccept(voters -> found.add(voters.group().orElseThrow())));
    world.advance(Duration.ofSeconds(1));
    check(
        found.size() == machines.size() && new HashSet<>(found).size() == 1,
        "group stores: " + found);
    return found.get(0);
  }

  private void checkNothingIsLeft() {
    Life any = alive().get(0);
    List<String> left = new ArrayList<>();
    any.store.store().watch("changes/", (key, now) -> {
      if (now.value() != null) {
        left.add(key);
      }
    });
    world.advance(Duration.ofSeconds(1));
    check(left.isEmpty(), "verdicts are left: " + left);
  }

  private static void check(boolean holds, String otherwise) {
    if (!holds) {
      throw new AssertionError(otherwise);
    }
  }
}
