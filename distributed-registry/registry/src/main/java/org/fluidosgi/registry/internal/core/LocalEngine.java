package org.fluidosgi.registry.internal.core;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.registry.View;
import org.fluidosgi.registry.spi.ClusterEngine;
import org.jspecify.annotations.Nullable;

/** The engine of a node that is alone: no socket, no thread, one view.
 * Threads: any; the handler is called by the caller, one call at a time under no lock of ours: {@link #start} and
 * {@link #multicast} are serialised by the store's task queue. */
public final class LocalEngine implements ClusterEngine {
  /** Longest message: there is no wire, so only what the contract asks for. */
  public static final int MESSAGE_BYTES_MAX = 1024 * 1024;

  private final NodeId self;
  private volatile @Nullable Handler handler;

  public LocalEngine(NodeId self) {
    this.self = self;
  }

  @Override
  public void start(Handler toCall) {
    handler = toCall;
    toCall.onView(new View(1, List.of(self), Set.of()));
  }

  @Override
  public void close() {
    handler = null;
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
    Handler toCall = handler;
    if (toCall == null) {
      return CompletableFuture.failedFuture(notRunning());
    }
    toCall.onMessage(self, message);
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public CompletionStage<byte[]> request(NodeId to, byte[] message, Duration timeout) {
    checkLength(message);
    Handler toCall = handler;
    if (toCall == null) {
      return CompletableFuture.failedFuture(notRunning());
    }
    if (!to.equals(self)) {
      return CompletableFuture.failedFuture(
          new IllegalArgumentException(to + " is no member: this node is alone"));
    }
    return toCall.onRequest(self, message);
  }

  private static void checkLength(byte[] message) {
    if (message.length > MESSAGE_BYTES_MAX) {
      throw new IllegalArgumentException(
          "message of " + message.length + " bytes, the engine takes " + MESSAGE_BYTES_MAX);
    }
  }

  private static IllegalStateException notRunning() {
    return new IllegalStateException("the local engine is not running");
  }
}
