package org.fluidosgi.simulation.world;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.fluidosgi.channel.NodeId;

/** What lies between the nodes: packets that are lost, repeated, delayed and overtaken; cuts in one direction or both.
 * Threads: the world's. */
public final class SimulatedNetwork {
  /** How long a stream waits before it sends again what was lost. */
  private static final long RESEND_NANOS = 200_000_000;

  private record Link(NodeId from, NodeId to) {}

  private final SimulatedWorld world;
  private final SplittableRandom random;
  private final Map<NodeId, Integer> sides = new HashMap<>();
  private final Set<Link> cuts = new HashSet<>();
  private double lossRate;
  private double repeatRate;
  private int delayMillisMax = 5;

  public SimulatedNetwork(SimulatedWorld world) {
    this.world = world;
    random = world.random();
  }

  /** Share of packets that are lost from now on, share that arrives twice, and the longest delay. */
  public void disturb(double losses, double repeats, int delayMillis) {
    lossRate = losses;
    repeatRate = repeats;
    delayMillisMax = delayMillis;
  }

  /** Cuts the network: nodes with different numbers do not reach each other; a node without one has number 0. */
  public void partition(Map<NodeId, Integer> sideOf) {
    sides.clear();
    sides.putAll(sideOf);
  }

  /** Cuts one direction. */
  public void cut(NodeId from, NodeId to) {
    cuts.add(new Link(from, to));
  }

  /** Ends all cuts and disturbances. */
  public void heal() {
    sides.clear();
    cuts.clear();
    disturb(0, 0, 5);
  }

  /** Whether packets pass that way at the moment. */
  public boolean passes(NodeId from, NodeId to) {
    return from.equals(to)
        || (sides.getOrDefault(from, 0).equals(sides.getOrDefault(to, 0))
            && !cuts.contains(new Link(from, to)));
  }

  /** A packet: may be lost, doubled, delayed; may overtake others. A packet under way is lost when its way is cut. */
  public void packet(NodeId from, NodeId to, Runnable arrive) {
    if (random.nextDouble() < lossRate) {
      return;
    }
    int copies = random.nextDouble() < repeatRate ? 2 : 1;
    for (int i = 0; i < copies; i++) {
      world.schedule(delayNanos() * (i * 20L + 1), () -> {
        if (passes(from, to)) {
          arrive.run();
        }
      });
    }
  }

  /** A message on a stream: losses cost time, a cut in either direction costs the message; never doubled. */
  public void stream(NodeId from, NodeId to, Runnable arrive) {
    long delay = delayNanos();
    while (random.nextDouble() < lossRate) {
      delay += RESEND_NANOS;
    }
    world.schedule(delay, () -> {
      if (passes(from, to) && passes(to, from)) {
        arrive.run();
      }
    });
  }

  private long delayNanos() {
    return 100_000 + random.nextInt(delayMillisMax * 1_000) * 1_000L;
  }
}
