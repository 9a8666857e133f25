package org.fluidosgi.rsa.internal.call;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.fluidosgi.channel.CallHeader;
import org.fluidosgi.channel.Channel;
import org.fluidosgi.channel.ChannelException;
import org.fluidosgi.channel.ChannelListener;
import org.fluidosgi.channel.ChannelMultiplexer;
import org.fluidosgi.channel.ChannelStream;
import org.fluidosgi.channel.Env;
import org.fluidosgi.channel.Incarnation;
import org.fluidosgi.channel.IncomingCall;
import org.fluidosgi.channel.LocalNode;
import org.fluidosgi.channel.NodeAddress;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.channel.NodeInfo;
import org.fluidosgi.channel.Registration;
import org.fluidosgi.channel.Settings;
import org.fluidosgi.channel.StreamHandler;

/** Nodes whose channels are calls in memory, run by one loop thread for all. */
final class MemoryNet implements AutoCloseable {
  final ScheduledExecutorService loop =
      Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "memory-loop"));
  private final Map<NodeId, Member> members = new ConcurrentHashMap<>();

  @Override
  public void close() {
    loop.shutdownNow();
  }

  Member member(String name, long counter) {
    NodeInfo info = new NodeInfo(
        new NodeId(UUID.randomUUID()),
        new Incarnation(UUID.randomUUID(), counter),
        name,
        new NodeAddress("localhost", 1));
    Member member = new Member(info);
    members.put(info.id(), member);
    return member;
  }

  final class Member implements ChannelMultiplexer, LocalNode, Env {
    private final AtomicLong callIds = new AtomicLong();
    final NodeInfo info;
    final AtomicInteger dials = new AtomicInteger();
    final AtomicInteger requests = new AtomicInteger();
    volatile int dialsToFail;
    private volatile StreamHandler handler;
    private final Set<MemoryChannel> open = ConcurrentHashMap.newKeySet();

    Member(NodeInfo info) {
      this.info = info;
    }

    void cut() {
      open.forEach(MemoryChannel::close);
    }

    @Override
    public CompletableFuture<Channel> connect(NodeId peer) {
      Member other = members.get(peer);
      if (dials.incrementAndGet() <= dialsToFail || other == null || other.handler == null) {
        return CompletableFuture.failedFuture(new ChannelException(
            ChannelException.Scope.NODE, ChannelException.Effect.NONE, "connection refused"));
      }
      MemoryChannel channel = new MemoryChannel(this, other);
      open.add(channel);
      return CompletableFuture.completedFuture(channel);
    }

    @Override
    public Registration serve(String endpoint, StreamHandler served) {
      handler = served;
      return () -> handler = null;
    }

    @Override
    public CompletableFuture<Channel> connect(NodeAddress address) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Optional<Channel> channel(NodeId peer) {
      return Optional.empty();
    }

    @Override
    public List<Channel> channels() {
      return List.of();
    }

    @Override
    public long nextCallId() {
      return callIds.incrementAndGet();
    }

    @Override
    public void learn(NodeId peer, NodeAddress address) {}

    @Override
    public Registration listen(ChannelListener listener) {
      return () -> {};
    }

    @Override
    public NodeInfo info() {
      return info;
    }

    @Override
    public Path dataDirectory() {
      throw new UnsupportedOperationException();
    }

    @Override
    public Env env() {
      return this;
    }

    @Override
    public Settings settings() {
      return new Settings(key -> null);
    }

    @Override
    public long nanoTime() {
      return System.nanoTime();
    }

    @Override
    public long currentTimeMillis() {
      return System.currentTimeMillis();
    }

    @Override
    public RandomGenerator random() {
      throw new UnsupportedOperationException();
    }

    @Override
    public Cancellable schedule(Duration delay, Runnable task) {
      ScheduledFuture<?> scheduled = loop.schedule(task, delay.toMillis(), TimeUnit.MILLISECONDS);
      return () -> scheduled.cancel(false);
    }

    @Override
    public void execute(Runnable task) {
      loop.execute(task);
    }
  }

  private final class MemoryChannel implements Channel {
    private final Member from;
    private final Member to;
    private final CompletableFuture<ChannelException> closed = new CompletableFuture<>();
    private final Set<CompletableFuture<ByteBuffer>> pending = ConcurrentHashMap.newKeySet();

    MemoryChannel(Member from, Member to) {
      this.from = from;
      this.to = to;
    }

    @Override
    public NodeInfo peer() {
      return to.info;
    }

    @Override
    public boolean isOpen() {
      return !closed.isDone();
    }

    @Override
    public ChannelStream open(String endpoint) {
      return new MemoryStream(this, endpoint);
    }

    @Override
    public CompletableFuture<Duration> ping() {
      throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<ChannelException> whenClosed() {
      return closed;
    }

    @Override
    public void close() {
      ChannelException cause = new ChannelException(
          ChannelException.Scope.CHANNEL,
          ChannelException.Effect.UNKNOWN,
          "the connection was cut");
      closed.complete(cause);
      pending.forEach(call -> call.completeExceptionally(cause));
    }
  }

  private record Incoming(CallHeader header, NodeInfo caller, CompletableFuture<Void> whenCancelled)
      implements IncomingCall {}

  private final class MemoryStream implements ChannelStream {
    private final MemoryChannel channel;
    private final String endpoint;

    MemoryStream(MemoryChannel channel, String endpoint) {
      this.channel = channel;
      this.endpoint = endpoint;
    }

    @Override
    public Channel channel() {
      return channel;
    }

    @Override
    public String endpoint() {
      return endpoint;
    }

    @Override
    public int id() {
      return 1;
    }

    @Override
    public void send(ByteBuffer message) {
      throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<ByteBuffer> request(CallHeader call, ByteBuffer request) {
      channel.to.requests.incrementAndGet();
      byte[] copy = new byte[request.remaining()];
      request.get(copy);
      CompletableFuture<ByteBuffer> answer = new CompletableFuture<>();
      CompletableFuture<Void> cancelled = new CompletableFuture<>();
      channel.pending.add(answer);
      answer.whenComplete((content, failure) -> {
        channel.pending.remove(answer);
        if (answer.isCancelled() || failure != null) {
          cancelled.complete(null);
        }
      });
      loop.execute(() -> channel
          .to
          .handler
          .onRequest(this, new Incoming(call, channel.from.info, cancelled), ByteBuffer.wrap(copy))
          .whenComplete((content, failure) -> loop.execute(() -> {
            if (failure != null) {
              answer.completeExceptionally(failure);
            } else {
              answer.complete(content);
            }
          })));
      return answer;
    }

    @Override
    public CompletableFuture<ChannelException> whenClosed() {
      return channel.closed;
    }

    @Override
    public void close() {
      channel.close();
    }
  }
}
