package org.fluidosgi.simulation.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.simulation.world.SimulatedNetwork;
import org.fluidosgi.simulation.world.SimulatedProcess;
import org.fluidosgi.simulation.world.SimulatedWorld;

/** The engines of one world and the network between them. Threads: the world's. */
public final class SimulatedGroup {
  final SimulatedWorld world;
  final SimulatedNetwork network;
  final SplittableRandom random;
  private final TreeMap<NodeId, SimulatedEngine> running = new TreeMap<>();
  private final TreeSet<NodeId> addresses = new TreeSet<>();
  private long instances;
  private boolean loose;
  private boolean holdsBack;

  public SimulatedGroup(SimulatedWorld world, SimulatedNetwork network) {
    this.world = world;
    this.network = network;
    random = world.random();
  }

  /** Whether engines keep only the letter of the contract, which knows nodes and not their lives: they do not show a life that
   * was replaced gone first, and deliver late words of it under the node's name. JGroups on our channel keeps lives apart. */
  public void loose(boolean looseFromNowOn) {
    loose = looseFromNowOn;
  }

  /** Whether loose engines hold messages back from now on. */
  public void holdBack(boolean fromNowOn) {
    holdsBack = fromNowOn;
  }

  boolean holdsBack() {
    return loose && holdsBack;
  }

  boolean loose() {
    return loose;
  }

  /** A new engine of that node in that process. */
  public SimulatedEngine engine(NodeId node, SimulatedProcess process) {
    return new SimulatedEngine(this, new Member(node, ++instances), process);
  }

  /** The engine's process ended without a word. Shape: {@code silently} when its host went down with it, so that no connection
   * is refused and only silence tells. */
  public void crash(SimulatedEngine engine, boolean silently) {
    remove(engine);
    if (!silently) {
      for (SimulatedEngine each : List.copyOf(running.values())) {
        network.stream(engine.self(), each.self(), () -> each.refusedBy(engine.member));
      }
    }
  }

  void add(SimulatedEngine engine) {
    running.put(engine.self(), engine);
    addresses.add(engine.self());
  }

  void remove(SimulatedEngine engine) {
    running.remove(engine.self(), engine);
  }

  /** Sends a packet to whatever engine that node runs when it arrives. */
  void packet(SimulatedEngine from, NodeId to, Consumer<SimulatedEngine> content) {
    network.packet(from.self(), to, () -> arrive(to, content));
  }

  /** Sends on a stream to that very engine; to a later one nothing arrives, unless engines are loose. */
  void stream(SimulatedEngine from, Member to, Consumer<SimulatedEngine> content) {
    network.stream(
        from.self(),
        to.node(),
        () -> arrive(to.node(), engine -> {
          if (loose || engine.member.equals(to)) {
            content.accept(engine);
          }
        }));
  }

  private void arrive(NodeId to, Consumer<SimulatedEngine> content) {
    SimulatedEngine engine = running.get(to);
    if (engine != null) {
      engine.onThread(() -> content.accept(engine));
    }
  }

  /** Nobody will answer at that address again. */
  public void forget(NodeId node) {
    addresses.remove(node);
  }

  /** Every address that ever had an engine, but one's own. */
  List<NodeId> addressesBut(NodeId self) {
    List<NodeId> others = new ArrayList<>(addresses);
    others.remove(self);
    return others;
  }
}
