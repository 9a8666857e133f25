package org.fluidosgi.registry.testkit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.registry.View;
import org.fluidosgi.registry.spi.ClusterEngine;
import org.jspecify.annotations.Nullable;

/** A group of engines in virtual time: delays, so that senders overtake each other; losses and repeats; partitions;
 * crashes. Views follow what can reach what, some time later; every node gets them at a moment of its own.
 * Messages of one sender keep their order, except that repeats of earlier ones come in between. */
public final class SimulatedGroup {
  static final int MESSAGE_BYTES_MAX = ClusterEngine.MESSAGE_BYTES_LEAST;
  private static final Duration DETECTION = Duration.ofMillis(700);

  private final Simulation simulation;
  private final Map<NodeId, Engine> engines = new LinkedHashMap<>();
  private final Map<NodeId, Integer> sides = new HashMap<>();
  private double lossRate;
  private double repeatRate;
  private int delayMillisMax = 20;
  private long epochs;

  public SimulatedGroup(Simulation simulation) {
    this.simulation = simulation;
  }

  /** Share of messages that are lost from now on, and share that arrives more than once. */
  public void disturb(double losses, double repeats) {
    lossRate = losses;
    repeatRate = repeats;
  }

  /** Longest delay of a message from now on. */
  public void delay(int millisMax) {
    delayMillisMax = millisMax;
  }

  /** Cuts the group: nodes with different numbers do not reach each other; a node without one has number 0. */
  public void partition(Map<NodeId, Integer> sideOf) {
    sides.clear();
    sides.putAll(sideOf);
    reachabilityChanged();
  }

  /** Ends all cuts. */
  public void heal() {
    partition(Map.of());
  }

  /** The node dies without a word. */
  public void crash(NodeId node) {
    Engine engine = engines.remove(node);
    if (engine != null) {
      engine.handler = null;
      reachabilityChanged();
    }
  }

  /** A new engine of that node; the one before must be closed or crashed. */
  public ClusterEngine engine(NodeId node) {
    return new Engine(node);
  }

  private void reachabilityChanged() {
    simulation.schedule(DETECTION, this::agreeOnViews);
  }

  private int side(NodeId node) {
    return sides.getOrDefault(node, 0);
  }

  private boolean reaches(NodeId from, NodeId to) {
    return side(from) == side(to);
  }

  /** Gives each side the view of its living members, in order of age, where that is news. */
  private void agreeOnViews() {
    Map<Integer, List<Engine>> bySide = new LinkedHashMap<>();
    for (Engine engine : engines.values()) {
      bySide.computeIfAbsent(side(engine.self), s -> new ArrayList<>()).add(engine);
    }
    for (List<Engine> side : bySide.values()) {
      List<NodeId> members = side.stream().map(Engine::self).toList();
      List<Long> lives = side.stream().map(e -> e.life).toList();
      if (side.stream().allMatch(e -> e.members.equals(members) && e.lives.equals(lives))) {
        continue;
      }
      long epoch = ++epochs;
      for (Engine engine : side) {
        Set<NodeId> merged = new HashSet<>(members);
        merged.removeAll(engine.members);
        // A member that crashed and came back between two views is shown as gone first, as engines
        // do.
        List<NodeId> staying = engine.sameLives(members, lives);
        if (staying.size() < engine.members.size() && members.containsAll(engine.members)) {
          engine.deliverView(new View(++epochs, staying, Set.of()));
          epoch = ++epochs;
        }
        engine.members = members;
        engine.lives = lives;
        engine.deliverView(
            new View(Math.max(epoch, epochs), members, engine.met ? merged : Set.of()));
        engine.met = true;
      }
    }
  }

  private final class Engine implements ClusterEngine {
    final NodeId self;
    final long life;
    final Map<NodeId, Long> lastArrival = new HashMap<>();
    List<NodeId> members;
    List<Long> lives;
    boolean met;

    @Nullable
    Handler handler;

    @Nullable
    View view;

    long lastView;

    Engine(NodeId self) {
      this.self = self;
      life = ++epochs;
      members = List.of(self);
      lives = List.of(life);
    }

    List<NodeId> sameLives(List<NodeId> nextMembers, List<Long> nextLives) {
      List<NodeId> same = new ArrayList<>();
      for (int i = 0; i < members.size(); i++) {
        int at = nextMembers.indexOf(members.get(i));
        if (at >= 0 && nextLives.get(at).equals(lives.get(i))) {
          same.add(members.get(i));
        }
      }
      return same;
    }

    @Override
    public void start(Handler toCall) {
      handler = toCall;
      engines.remove(self);
      engines.put(self, this);
      view = new View(++epochs, members, Set.of());
      toCall.onView(view);
      reachabilityChanged();
    }

    void deliverView(View next) {
      long at = Math.max(lastView + 1, simulation.nanoTime() + delayNanos());
      lastView = at;
      simulation.schedule(Duration.ofNanos(at - simulation.nanoTime()), () -> {
        Handler toCall = handler;
        if (toCall != null) {
          view = next;
          toCall.onView(next);
        }
      });
    }

    @Override
    public void close() {
      if (handler != null) {
        handler = null;
        if (engines.get(self) == this) {
          engines.remove(self);
        }
        reachabilityChanged();
      }
    }

    @Override
    public NodeId self() {
      return self;
    }

    @Override
    public int messageBytesMax() {
      return MESSAGE_BYTES_MAX;
    }

    @Override
    public CompletionStage<Void> multicast(byte[] message) {
      checkLength(message);
      Handler own = handler;
      if (own == null) {
        return CompletableFuture.failedFuture(new IllegalStateException("closed"));
      }
      for (Engine to : List.copyOf(engines.values())) {
        if (to != this && !chance(lossRate)) {
          send(to, message, true);
          if (chance(repeatRate)) {
            send(to, message, false);
          }
        }
      }
      own.onMessage(self, message);
      return CompletableFuture.completedFuture(null);
    }

    private void send(Engine to, byte[] message, boolean inOrder) {
      long at = simulation.nanoTime() + delayNanos();
      if (inOrder) {
        at = Math.max(at, to.lastArrival.getOrDefault(self, 0L) + 1);
        to.lastArrival.put(self, at);
      } else {
        at += Duration.ofMillis(simulation.random().nextInt(2_000)).toNanos();
      }
      simulation.schedule(Duration.ofNanos(at - simulation.nanoTime()), () -> {
        if (to.hears(this)) {
          to.handler.onMessage(self, message);
        }
      });
    }

    /** Late words of a crashed sender arrive too, as long as the receiver's view has a member of that name. */
    boolean hears(Engine from) {
      return handler != null
          && view != null
          && view.contains(from.self)
          && (reaches(from.self, self) || from == this);
    }

    @Override
    public CompletionStage<byte[]> request(NodeId to, byte[] message, Duration timeout) {
      checkLength(message);
      CompletableFuture<byte[]> answer = new CompletableFuture<>();
      simulation.schedule(
          timeout,
          () -> answer.completeExceptionally(new TimeoutException("no answer from " + to)));
      Engine target = engines.get(to);
      if (handler == null || target == null || view == null || !view.contains(to)) {
        answer.completeExceptionally(new IllegalStateException(to + " is no member"));
        return answer;
      }
      later(lossRate, () -> {
        Handler asked = target.handler;
        if (asked != null && target.hears(this)) {
          asked
              .onRequest(self, message)
              .whenComplete((bytes, failure) -> later(lossRate, () -> {
                if (handler == null || !hears(target)) {
                  return;
                }
                if (failure != null) {
                  answer.completeExceptionally(failure);
                } else {
                  answer.complete(bytes);
                }
              }));
        }
      });
      return answer;
    }

    private void later(double losses, Runnable task) {
      if (!chance(losses)) {
        simulation.schedule(Duration.ofNanos(delayNanos()), task);
      }
    }

    private void checkLength(byte[] message) {
      if (message.length > MESSAGE_BYTES_MAX) {
        throw new IllegalArgumentException(
            "message of " + message.length + " bytes, the engine takes " + MESSAGE_BYTES_MAX);
      }
    }

    @Override
    public String toString() {
      return "simulated engine of " + self;
    }
  }

  private boolean chance(double rate) {
    return rate > 0 && simulation.random().nextDouble() < rate;
  }

  private long delayNanos() {
    return Duration.ofMillis(1 + simulation.random().nextInt(delayMillisMax)).toNanos();
  }
}
