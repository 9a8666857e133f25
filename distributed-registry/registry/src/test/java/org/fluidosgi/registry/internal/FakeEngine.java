package org.fluidosgi.registry.internal;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.registry.View;
import org.fluidosgi.registry.spi.ClusterEngine;

/** An engine whose group is what the test says. */
final class FakeEngine implements ClusterEngine {
  final CountDownLatch started = new CountDownLatch(1);
  private final CountDownLatch release;
  private final List<NodeId> members;
  volatile Handler handler;
  volatile boolean closed;
  volatile boolean interrupted;
  volatile RuntimeException failure;

  FakeEngine(boolean hangs, NodeId... members) {
    release = new CountDownLatch(hangs ? 1 : 0);
    this.members = List.of(members);
  }

  @Override
  public void start(Handler toCall) {
    started.countDown();
    if (failure != null) {
      throw failure;
    }
    try {
      release.await();
    } catch (InterruptedException e) {
      interrupted = true;
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
    handler = toCall;
    toCall.onView(new View(1, members, Set.of()));
  }

  @Override
  public void close() {
    closed = true;
  }

  @Override
  public NodeId self() {
    return FakeLocalNode.ID;
  }

  @Override
  public int messageBytesMax() {
    return MESSAGE_BYTES_LEAST;
  }

  @Override
  public CompletionStage<Void> multicast(byte[] message) {
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public CompletionStage<byte[]> request(NodeId to, byte[] message, Duration timeout) {
    return new CompletableFuture<>();
  }
}
