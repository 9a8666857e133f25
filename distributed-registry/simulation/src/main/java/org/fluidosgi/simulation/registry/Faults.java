package org.fluidosgi.simulation.registry;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.simulation.engine.SimulatedEngine;
import org.fluidosgi.simulation.world.SimulatedNetwork;

/** What goes wrong: processes, disks, network, clocks. */
final class Faults {
  private final RegistryRun run;
  private final SimulatedNetwork network;
  private final SplittableRandom random;
  private long count;

  Faults(RegistryRun run, SimulatedNetwork network) {
    this.run = run;
    this.network = network;
    random = run.world.random();
  }

  long count() {
    return count;
  }

  /** One thing goes wrong, or is repaired. */
  void act() {
    count++;
    switch (random.nextInt(23)) {
      case 0, 1 -> crash();
      case 2, 3, 4 -> restart();
      case 5 -> stop();
      case 6 -> loseDisk();
      case 7 -> partition();
      case 8 -> cutOneWay();
      case 9, 10 -> {
        note("heal", "network");
        network.heal();
      }
      case 11, 12 -> disturb();
      case 13 -> hang();
      case 14 -> {
        RegistryNode node = run.anyNode();
        node.process.jump(random.nextInt(20_000_000) - 10_000_000);
        note("clock jump", node);
      }
      case 15, 16 -> changeEngine();
      case 17, 18 -> bounce();
      case 19, 20 -> losePower();
      case 21 -> {
        RegistryNode node = run.anyNode();
        note("disk full", node);
        node.groupStore.diskFull(true);
      }
      default -> overflow();
    }
  }

  /** Everything works again; machines that are down stay down or come back. */
  void heal() {
    note("heal", "everything");
    network.heal();
    for (RegistryNode node : run.alive()) {
      node.groupStore.diskFull(false);
      node.groupStore.losePowerSoon(0);
      SimulatedEngine engine = node.engine();
      if (engine == null) {
        node.join();
      } else {
        engine.overflow(0);
      }
    }
    for (Machine each : run.machines()) {
      if (each.down() && (random.nextBoolean() || run.alive().isEmpty())) {
        run.start(each);
      }
    }
  }

  private void crash() {
    RegistryNode node = run.anyNode();
    if (run.alive().size() > 1) {
      note("crash", node);
      run.ends(node);
      node.crash(random.nextInt(3) == 0);
    }
  }

  /** A process dies and is started again at once, sooner than the others notice. */
  private void bounce() {
    RegistryNode node = run.anyNode();
    note("bounce", node);
    run.ends(node);
    node.crash(true);
    for (Machine each : run.machines()) {
      if (each.id().equals(node.id)) {
        run.start(each);
      }
    }
  }

  private void losePower() {
    RegistryNode node = run.anyNode();
    int writes = 1 + random.nextInt(6);
    note("power loss in " + writes, node);
    node.groupStore.losePowerSoon(writes);
  }

  private void stop() {
    RegistryNode node = run.anyNode();
    if (run.alive().size() > 1 && !node.process.hangs()) {
      note("stop", node);
      run.ends(node);
      node.stop();
    }
  }

  private void restart() {
    for (Machine each : run.machines()) {
      if (each.down()) {
        note("restart", Names.of(each.id()));
        run.start(each);
        return;
      }
    }
  }

  /** A machine that is down comes back with an empty disk, so as another node; not if a group lost its majority with it. */
  private void loseDisk() {
    List<NodeId> intact = run.machines().stream().map(Machine::id).toList();
    for (Machine each : run.machines()) {
      if (each.down() && run.stores.survivesWithout(each.id(), intact)) {
        note("disk loss", Names.of(each.id()));
        run.group.forget(each.id());
        each.loseDisk(run.nextId());
        run.start(each);
        return;
      }
    }
  }

  private void partition() {
    Map<NodeId, Integer> sides = new HashMap<>();
    for (Machine each : run.machines()) {
      sides.put(each.id(), random.nextInt(3));
    }
    List<Integer> inOrder =
        run.machines().stream().map(each -> sides.get(each.id())).toList();
    note("partition", inOrder);
    network.partition(sides);
  }

  private void cutOneWay() {
    List<Machine> machines = run.machines();
    NodeId from = machines.get(random.nextInt(machines.size())).id();
    List<NodeId> to = new ArrayList<>();
    for (Machine each : machines) {
      if (!each.id().equals(from) && random.nextInt(3) > 0) {
        network.cut(from, each.id());
        to.add(each.id());
      }
    }
    note("cut one way from " + Names.of(from), Names.of(to));
  }

  private void disturb() {
    double losses = random.nextInt(4) * 0.1;
    double repeats = random.nextInt(3) * 0.2;
    int delay = 1 + random.nextInt(400);
    note("disturb", losses + " lost, " + repeats + " repeated, delay " + delay);
    network.disturb(losses, repeats, delay);
  }

  private void hang() {
    RegistryNode node = run.anyNode();
    long millis = 500 + random.nextInt(6_000);
    note("hang " + millis, node);
    node.hang(Duration.ofMillis(millis));
  }

  private void changeEngine() {
    RegistryNode node = run.anyNode();
    if (node.engine() == null) {
      note("engine comes", node);
      node.join();
    } else {
      note("engine goes", node);
      node.leave();
    }
  }

  private void overflow() {
    RegistryNode node = run.anyNode();
    SimulatedEngine engine = node.engine();
    if (engine != null) {
      note("overflow", node);
      engine.overflow(1 + random.nextInt(20));
    }
  }

  private void note(String what, Object where) {
    run.world.trace().note("fault", what, where);
  }
}
