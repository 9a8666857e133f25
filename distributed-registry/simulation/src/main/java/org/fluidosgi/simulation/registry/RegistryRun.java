package org.fluidosgi.simulation.registry;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.function.Consumer;
import org.fluidosgi.channel.Incarnation;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.simulation.engine.SimulatedGroup;
import org.fluidosgi.simulation.groupstore.StoreGroup;
import org.fluidosgi.simulation.groupstore.StoreQuiet;
import org.fluidosgi.simulation.groupstore.StoreTotals;
import org.fluidosgi.simulation.groupstore.StoreWork;
import org.fluidosgi.simulation.world.CheckFailedException;
import org.fluidosgi.simulation.world.SimulatedNetwork;
import org.fluidosgi.simulation.world.SimulatedWorld;
import org.fluidosgi.simulation.world.Trace;

/** One simulated group of registries: rough phases, in which things go wrong at random, and quiet ones, in which all must
 * agree soon. What holds at every moment is checked after each event.
 * Threads: one. Errors: {@link CheckFailedException} with checker, moment and step. */
public final class RegistryRun {
  /** Nodes that a run may have. */
  public static final int NODES_MAX = 100;

  private static final int STEP_MILLIS_MAX = 1_500;
  private static final int ROUGH_STEPS_MIN = 20;
  private static final int ROUGH_STEPS_MAX = 60;

  /** What a run did. */
  public record Totals(
      long steps,
      long writes,
      long faults,
      long heals,
      long agreeMillisMax,
      StoreTotals stores,
      long writeAgainMillisMax,
      long events,
      long traceHash) {}

  final SimulatedWorld world;
  final SimulatedGroup group;
  final StoreGroup stores;
  final SplittableRandom random;
  private final Workload workload;
  private final StoreWork storeWork;
  private final Leaves leaves;
  private final Faults faults;
  private final Quiet quiet;
  private final StoreQuiet storeQuiet;
  private final List<Machine> machines = new ArrayList<>();
  private final Map<Incarnation, OwnerModel> models = new HashMap<>();
  private final Set<RegistryNode> dirty = new LinkedHashSet<>();
  private long ids;
  private long values;
  private long steps;
  private long heals;

  /** A run that has not begun. Errors: IllegalArgumentException when there are too few or too many nodes. */
  public RegistryRun(int nodes, long seed) {
    if (nodes < 1 || nodes > NODES_MAX) {
      throw new IllegalArgumentException(nodes + " nodes: expected 1.." + NODES_MAX);
    }
    world = new SimulatedWorld(seed);
    SimulatedNetwork network = new SimulatedNetwork(world);
    group = new SimulatedGroup(world, network);
    stores = new StoreGroup(world, network);
    random = world.random();
    group.loose(random.nextBoolean());
    workload = new Workload(this);
    storeWork = new StoreWork(stores);
    storeQuiet = new StoreQuiet(stores, storeWork);
    leaves = new Leaves(this);
    faults = new Faults(this, network);
    quiet = new Quiet(this, workload, storeQuiet);
    world.afterEach(this::checkEvent);
    for (int i = 0; i < nodes; i++) {
      machines.add(new Machine(nextId()));
    }
  }

  /** Gives each line of the trace to the reader. */
  public RegistryRun traced(Consumer<String> reader) {
    world.trace().read(reader);
    return this;
  }

  /** Lets it run for that much of its own time, and until the quiet phase after it is over. {@code progress} is told now and
   * then. */
  public Totals play(Duration span, Consumer<RegistryRun> progress) {
    try (stores) {
      return playOn(span, progress);
    }
  }

  private Totals playOn(Duration span, Consumer<RegistryRun> progress) {
    machines.forEach(this::start);
    leaves.start();
    while (world.now() < span.toNanos()) {
      group.holdBack(true);
      for (int i = random.nextInt(ROUGH_STEPS_MIN, ROUGH_STEPS_MAX); i > 0; i--) {
        step();
      }
      heals++;
      group.holdBack(false);
      faults.heal();
      leaves.calm();
      quiet.demand();
      models.values().removeIf(model -> !model.alive()); // nobody shows them any more
      progress.accept(this);
    }
    return totals();
  }

  private void step() {
    steps++;
    world.trace().count("step", "", steps);
    if (random.nextInt(4) == 0) {
      faults.act();
    } else {
      RegistryNode node = anyNode();
      if (!node.process.hangs()) {
        workload.act(node);
      }
    }
    storeWork.act();
    if (random.nextInt(4) == 0) {
      leaves.act();
    }
    world.advance(Duration.ofMillis(random.nextInt(STEP_MILLIS_MAX)));
    alive().forEach(node -> {
      node.checkStep();
      node.groupStore.look();
    });
    world.advance(Duration.ZERO); // ends the run when a check failed
  }

  /** What it did so far. */
  public Totals totals() {
    return new Totals(
        steps,
        workload.writes(),
        faults.count(),
        heals,
        quiet.longestMillis(),
        stores.totals(),
        storeQuiet.longestMillis(),
        world.events(),
        world.trace().hash());
  }

  /** Its own time so far, as text. */
  public String time() {
    return Trace.time(world.now());
  }

  // ---- for its parts

  List<Machine> machines() {
    return machines;
  }

  List<RegistryNode> alive() {
    List<RegistryNode> alive = new ArrayList<>();
    for (Machine each : machines) {
      RegistryNode node = each.running();
      if (node != null) {
        alive.add(node);
      }
    }
    return alive;
  }

  RegistryNode anyNode() {
    List<RegistryNode> alive = alive();
    return alive.get(random.nextInt(alive.size()));
  }

  void start(Machine machine) {
    RegistryNode node = machine.start(this);
    models.put(node.model.life, node.model);
    node.join();
  }

  /** That node's process is about to end. */
  void ends(RegistryNode node) {
    for (Machine each : machines) {
      if (each.running() == node) {
        each.ended();
      }
    }
  }

  /** The power of that node's machine failed while its disk was writing. */
  void powerLost(RegistryNode node) {
    world.trace().note("fault", "power loss while writing", node);
    ends(node);
    node.crash(true);
    if (alive().isEmpty()) {
      machines.stream().filter(Machine::down).findFirst().ifPresent(this::start);
    }
  }

  /** How long ago that life ended; 0 when it has not. */
  long sinceEnd(Incarnation life) {
    OwnerModel model = models.get(life);
    if (model == null) {
      return Long.MAX_VALUE;
    }
    return model.alive() ? 0 : world.now() - model.endedAt();
  }

  OwnerModel model(Incarnation life) {
    OwnerModel model = models.get(life);
    if (model == null) {
      throw new IllegalStateException("no such life: " + life);
    }
    return model;
  }

  NodeId nextId() {
    return new NodeId(new UUID(0, ++ids));
  }

  /** How many identities there were. */
  int ids() {
    return (int) ids;
  }

  long nextValue() {
    return ++values;
  }

  void dirty(RegistryNode node) {
    dirty.add(node);
  }

  private void checkEvent() {
    if (!dirty.isEmpty()) {
      List<RegistryNode> toCheck = new ArrayList<>(dirty);
      dirty.clear();
      for (RegistryNode node : toCheck) {
        if (node.model.alive()) {
          node.checkEvent();
        }
      }
    }
  }

  /** Ends the run. */
  void fail(String checker, String what) {
    throw new CheckFailedException(checker, what, world.now(), null);
  }
}
