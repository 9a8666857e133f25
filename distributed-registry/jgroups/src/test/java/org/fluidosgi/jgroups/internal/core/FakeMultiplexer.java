package org.fluidosgi.jgroups.internal.core;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.fluidosgi.channel.Channel;
import org.fluidosgi.channel.ChannelException;
import org.fluidosgi.channel.ChannelException.Effect;
import org.fluidosgi.channel.ChannelException.Scope;
import org.fluidosgi.channel.ChannelListener;
import org.fluidosgi.channel.ChannelMultiplexer;
import org.fluidosgi.channel.ChannelStream;
import org.fluidosgi.channel.ConnectFailedException;
import org.fluidosgi.channel.ConnectFailedException.Reason;
import org.fluidosgi.channel.Incarnation;
import org.fluidosgi.channel.NodeAddress;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.channel.NodeInfo;
import org.fluidosgi.channel.Registration;
import org.fluidosgi.channel.StreamHandler;

/** Answers dials as the test says. */
final class FakeMultiplexer implements ChannelMultiplexer {
  static final Throwable REFUSED =
      new ConnectFailedException(Reason.REFUSED, "connection refused", null);
  static final Throwable SILENT = new ConnectFailedException(Reason.SILENT, "no answer", null);
  static final Throwable WRONG_TOKEN =
      new ConnectFailedException(Reason.REJECTED, "the group token differs", null);

  private final AtomicLong callIds = new AtomicLong();
  final List<NodeAddress> dialled = new ArrayList<>();
  final Map<NodeAddress, CompletableFuture<Channel>> answers = new HashMap<>();
  final Map<NodeId, Channel> open = new HashMap<>();

  static NodeAddress at(int port) {
    return new NodeAddress("127.0.0.1", port);
  }

  static NodeInfo info(int node, long incarnation) {
    return new NodeInfo(
        new NodeId(new UUID(0, node)),
        new Incarnation(new UUID(1, incarnation), incarnation),
        "n" + node,
        at(node));
  }

  void fails(int port, Throwable failure) {
    fails(at(port), failure);
  }

  void fails(NodeAddress address, Throwable failure) {
    answers.put(address, CompletableFuture.failedFuture(failure));
  }

  FakeChannel answers(int port, NodeInfo peer) {
    return answers(at(port), peer);
  }

  FakeChannel answers(NodeAddress address, NodeInfo peer) {
    FakeChannel channel = new FakeChannel(peer);
    answers.put(address, CompletableFuture.completedFuture(channel));
    return channel;
  }

  @Override
  public CompletableFuture<Channel> connect(NodeAddress address) {
    dialled.add(address);
    return answers.get(address);
  }

  @Override
  public CompletableFuture<Channel> connect(NodeId peer) {
    return CompletableFuture.failedFuture(new UnsupportedOperationException());
  }

  @Override
  public Optional<Channel> channel(NodeId peer) {
    return Optional.ofNullable(open.get(peer));
  }

  @Override
  public List<Channel> channels() {
    return List.copyOf(open.values());
  }

  @Override
  public long nextCallId() {
    return callIds.incrementAndGet();
  }

  @Override
  public void learn(NodeId peer, NodeAddress address) {}

  @Override
  public Registration serve(String endpoint, StreamHandler handler) {
    return () -> {};
  }

  @Override
  public Registration listen(ChannelListener listener) {
    return () -> {};
  }

  /** A channel that the test closes. */
  static class FakeChannel implements Channel {
    private final NodeInfo peer;
    private final CompletableFuture<ChannelException> closed = new CompletableFuture<>();

    FakeChannel(NodeInfo peer) {
      this.peer = peer;
    }

    @Override
    public NodeInfo peer() {
      return peer;
    }

    @Override
    public boolean isOpen() {
      return !closed.isDone();
    }

    @Override
    public ChannelStream open(String endpoint) {
      throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<Duration> ping() {
      return CompletableFuture.completedFuture(Duration.ofMillis(1));
    }

    @Override
    public CompletableFuture<ChannelException> whenClosed() {
      return closed;
    }

    @Override
    public void close() {
      closed.complete(new ChannelException(Scope.CHANNEL, Effect.UNKNOWN, "closed"));
    }
  }
}
