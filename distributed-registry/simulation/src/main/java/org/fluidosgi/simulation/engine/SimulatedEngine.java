package org.fluidosgi.simulation.engine;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.fluidosgi.channel.Env;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.registry.spi.ClusterEngine;
import org.fluidosgi.simulation.world.SimulatedProcess;
import org.jspecify.annotations.Nullable;

/** A cluster engine that plays JGroups on our channel: a real protocol over packets that get lost, with a coordinator, joins,
 * heartbeats, suspicion, merges, and retransmission by number. It promises what {@link ClusterEngine} says and no more:
 * each member installs views at a moment of its own or never; a view may leave out a living member, which does not hear of
 * it; a merge skips what a member has not delivered by then; a member whose queue is full drops messages.
 * Threads: one of its process, to which everything that arrives is handed; {@link #multicast} and {@link #request} may
 * be called from any. */
public final class SimulatedEngine implements ClusterEngine {
  /** Longest message: the least that the contract allows, so that snapshots need chunks soon. */
  public static final int MESSAGE_BYTES_MAX = MESSAGE_BYTES_LEAST;

  static final Duration TICK = Duration.ofMillis(500);
  private static final Duration START_MAX = Duration.ofSeconds(30);

  final SimulatedGroup group;
  final Member member;
  final Env thread;
  private final SimulatedProcess process;
  private final Formation formation;
  private final Multicasts multicasts;
  private final Requests requests;
  private final Delivery delivery;
  private @Nullable Handler handler;
  private boolean closed;

  SimulatedEngine(SimulatedGroup group, Member member, SimulatedProcess process) {
    this.group = group;
    this.member = member;
    this.process = process;
    thread = process.thread();
    multicasts = new Multicasts(this);
    requests = new Requests(this);
    delivery = new Delivery(this);
    formation = new Formation(this, multicasts);
  }

  /** Lets the world's time pass until the first view was delivered: for callers outside of events. */
  @Override
  public void start(Handler toCall) {
    begin(toCall);
    if (!group.world.until(START_MAX, delivery::hasView)) {
      throw new IllegalStateException(this + ": no view within " + START_MAX);
    }
  }

  /** As {@link #start}, but returns at once. */
  public void begin(Handler toCall) {
    handler = toCall;
    group.add(this);
    onThread(() -> {
      formation.join();
      thread.schedule(TICK, this::tick);
    });
  }

  private void tick() {
    if (!closed) {
      thread.schedule(TICK, this::tick);
      formation.tick();
      multicasts.tick();
    }
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      handler = null;
      formation.leave();
      group.remove(this);
      multicasts.failAll();
      requests.failAll();
    }
  }

  /** The next messages of others get lost behind their order, as when too many bytes wait for the registry. */
  public void overflow(int messages) {
    delivery.overflow(messages);
  }

  /** The view this engine is in, as text; the same text is the same view. */
  public String viewText() {
    return String.valueOf(formation.view());
  }

  @Override
  public NodeId self() {
    return member.node();
  }

  @Override
  public int messageBytesMax() {
    return MESSAGE_BYTES_MAX;
  }

  @Override
  public CompletionStage<Void> multicast(byte[] message) {
    checkLength(message);
    if (closed || handler == null) {
      return CompletableFuture.failedFuture(notRunning());
    }
    return multicasts.send(message.clone());
  }

  @Override
  public CompletionStage<byte[]> request(NodeId to, byte[] message, Duration timeout) {
    checkLength(message);
    if (closed || handler == null) {
      return CompletableFuture.failedFuture(notRunning());
    }
    return requests.send(to, message.clone(), timeout);
  }

  private static void checkLength(byte[] message) {
    if (message.length > MESSAGE_BYTES_MAX) {
      throw new IllegalArgumentException(
          "message of " + message.length + " bytes, the engine takes " + MESSAGE_BYTES_MAX);
    }
  }

  private IllegalStateException notRunning() {
    return new IllegalStateException(this + " is not running");
  }

  // ---- between the parts

  void onThread(Runnable task) {
    thread.execute(() -> {
      if (!closed) {
        task.run();
      }
    });
  }

  /** A connection to that member's process was refused: it is gone. */
  void refusedBy(Member gone) {
    onThread(() -> {
      requests.fail(gone);
      formation.left(gone);
    });
  }

  void installed(GroupView view) {
    multicasts.install(view);
    delivery.view(view);
  }

  void suspected(Set<Member> silent) {
    delivery.suspects(silent);
  }

  void deliver(Member from, byte[] message) {
    delivery.message(from, message);
  }

  void departed(Member gone) {
    requests.fail(gone);
  }

  @Nullable
  Handler handler() {
    return process.dead() ? null : handler;
  }

  @Nullable
  GroupView view() {
    return formation.view();
  }

  Formation formation() {
    return formation;
  }

  Multicasts multicasts() {
    return multicasts;
  }

  Requests requests() {
    return requests;
  }

  Delivery delivery() {
    return delivery;
  }

  void trace(String word, Object detail) {
    group.world.trace().note(process.name(), word, detail);
  }

  @Override
  public String toString() {
    return "simulated engine of " + member;
  }
}
