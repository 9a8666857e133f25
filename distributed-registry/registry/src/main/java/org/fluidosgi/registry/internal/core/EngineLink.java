package org.fluidosgi.registry.internal.core;

import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.fluidosgi.channel.Env;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.registry.View;
import org.fluidosgi.registry.spi.ClusterEngine;

/** One engine's deliveries, put on the task queue as far as there is room. Threads: the engine's; {@code To} is called on the task queue. */
final class EngineLink implements ClusterEngine.Handler {
  /** Whom it delivers to. */
  interface To {
    void viewed(EngineLink link, View view);

    void suspected(EngineLink link, Set<NodeId> silent);

    void received(EngineLink link, NodeId from, byte[] message);

    /** Errors: RuntimeException, with which the request fails. */
    byte[] answered(EngineLink link, NodeId from, byte[] request);
  }

  final ClusterEngine engine;
  final long number;
  volatile boolean detached;
  private final NodeId self;
  private final Env env;
  private final Inflow inflow;
  private final To to;

  /** Shape: {@code number} rises from engine to engine. */
  EngineLink(ClusterEngine engine, long number, NodeId self, Env env, Inflow inflow, To to) {
    this.engine = engine;
    this.number = number;
    this.self = self;
    this.env = env;
    this.inflow = inflow;
    this.to = to;
  }

  @Override
  public void onView(View view) {
    env.execute(() -> to.viewed(this, view));
  }

  @Override
  public void onSuspected(Set<NodeId> suspected) {
    Set<NodeId> silent = Set.copyOf(suspected);
    env.execute(() -> to.suspected(this, silent));
  }

  @Override
  public void onMessage(NodeId from, byte[] message) {
    if (!from.equals(self) && !detached && inflow.enter(from, message.length)) {
      env.execute(() -> {
        inflow.leave(from, message.length);
        to.received(this, from, message);
      });
    }
  }

  @Override
  public CompletionStage<byte[]> onRequest(NodeId from, byte[] message) {
    if (!inflow.enter(from, message.length)) {
      return CompletableFuture.failedFuture(
          new IllegalStateException("too much waits here already, ask again later"));
    }
    CompletableFuture<byte[]> answer = new CompletableFuture<>();
    env.execute(() -> {
      inflow.leave(from, message.length);
      try {
        answer.complete(to.answered(this, from, message));
      } catch (RuntimeException e) {
        answer.completeExceptionally(e);
      }
    });
    return answer;
  }
}
