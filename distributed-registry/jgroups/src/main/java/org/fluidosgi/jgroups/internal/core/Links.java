package org.fluidosgi.jgroups.internal.core;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.fluidosgi.channel.CallHeader;
import org.fluidosgi.channel.Channel;
import org.fluidosgi.channel.ChannelException;
import org.fluidosgi.channel.ChannelException.Effect;
import org.fluidosgi.channel.ChannelException.Scope;
import org.fluidosgi.channel.ChannelMultiplexer;
import org.fluidosgi.channel.ChannelStream;
import org.fluidosgi.channel.Env;
import org.fluidosgi.channel.IncomingCall;
import org.fluidosgi.channel.NodeAddress;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.channel.NodeInfo;
import org.fluidosgi.channel.StreamHandler;
import org.jspecify.annotations.Nullable;

/** One stream to endpoint {@code cluster} per peer: packets one way, requests both ways, on whatever channel there is. A packet for
 * a node without a channel waits for one dial; packets may be lost, JGroups sends them again.
 * State: concurrent maps; a dial's queue is guarded by itself. Nothing here blocks.
 * Source: protocol-cluster. */
public final class Links implements StreamHandler {
  /** Name of the endpoint. */
  public static final String ENDPOINT = "cluster";

  /** Packets that wait for one dial. */
  static final int WAITING_MAX = 64;

  /** Pause after a dial that failed: nobody is dialled more often for packets. */
  static final Duration DIAL_PAUSE = Duration.ofMillis(500);

  /** What arrives. Called on the network loop: decode, enqueue, return. */
  public interface Upward {
    /** A packet arrived. */
    void packet(NodeInfo from, byte[] packet);

    /** A request arrived; the answer is cancelled, or fails, when nobody waits for it any more. */
    CompletionStage<byte[]> request(NodeInfo from, byte[] request);
  }

  private static final System.Logger LOG = System.getLogger("org.fluidosgi.jgroups");

  private final ChannelMultiplexer multiplexer;
  private final Env env;
  private final Upward upward;
  private final Acquaintances acquaintances;
  private final Map<NodeId, ChannelStream> streams = new ConcurrentHashMap<>();
  private final Map<NodeId, Dial> dials = new ConcurrentHashMap<>();

  private static final class Dial {
    final Queue<ByteBuffer> waiting = new ArrayDeque<>();
    boolean done;
    long doneNanos;
  }

  public Links(
      ChannelMultiplexer multiplexer, Env env, Acquaintances acquaintances, Upward upward) {
    this.acquaintances = acquaintances;
    this.multiplexer = multiplexer;
    this.env = env;
    this.upward = upward;
  }

  /** Sends a packet, dialling the address when there is no channel; may lose it. */
  public void send(Member to, NodeAddress address, byte[] bytes, int offset, int length) {
    ByteBuffer packet = ByteBuffer.wrap(bytes, offset, length);
    Channel channel = multiplexer.channel(to.node()).orElse(null);
    if (channel == null || !channel.isOpen()) {
      dial(to, address, packet);
    } else if (Member.of(channel.peer()).equals(to)) {
      send(channel, packet);
    }
    // else: another life of that node answers there; this packet has no receiver any more
  }

  /** Asks a member. Errors: ChannelException, effect none when no channel could be had. */
  public CompletableFuture<byte[]> request(Member to, byte[] request, Duration timeout) {
    Channel open = multiplexer.channel(to.node()).filter(Channel::isOpen).orElse(null);
    CompletableFuture<Channel> channel =
        open != null ? CompletableFuture.completedFuture(open) : multiplexer.connect(to.node());
    CallHeader header = CallHeader.first(multiplexer.nextCallId(), atLeastOneMilli(timeout));
    return channel
        .thenCompose(found -> {
          if (!Member.of(found.peer()).equals(to)) {
            throw new ChannelException(
                Scope.NODE, Effect.NONE, to + " is gone, " + Member.of(found.peer()) + " answers");
          }
          return stream(found).request(header, ByteBuffer.wrap(request));
        })
        .thenApply(Links::bytes);
  }

  @Override
  public void onMessage(ChannelStream stream, ByteBuffer message) {
    acquaintances.meet(stream.channel().peer().id());
    upward.packet(stream.channel().peer(), bytes(message));
  }

  @Override
  public CompletionStage<ByteBuffer> onRequest(
      ChannelStream stream, IncomingCall call, ByteBuffer request) {
    CompletableFuture<byte[]> answer =
        upward.request(call.caller(), bytes(request)).toCompletableFuture();
    call.whenCancelled().thenRun(() -> answer.cancel(false));
    if (!call.header().timeout().isZero()) {
      answer.orTimeout(call.header().timeout().toMillis(), TimeUnit.MILLISECONDS);
    }
    return answer.thenApply(ByteBuffer::wrap);
  }

  /** What the handshake told of that member, while a channel to it is open. */
  public Optional<NodeInfo> peer(Member member) {
    return multiplexer
        .channel(member.node())
        .filter(Channel::isOpen)
        .map(Channel::peer)
        .filter(peer -> Member.of(peer).equals(member));
  }

  /** Closes the streams that were opened from here. */
  public void close() {
    List<ChannelStream> open = List.copyOf(streams.values());
    streams.clear();
    dials.clear();
    open.forEach(ChannelStream::close);
  }

  private void send(Channel channel, ByteBuffer packet) {
    try {
      stream(channel).send(packet);
    } catch (ChannelException e) {
      LOG.log(System.Logger.Level.TRACE, "closed or congested, JGroups sends the packet again", e);
    }
  }

  private ChannelStream stream(Channel channel) {
    NodeId peer = channel.peer().id();
    ChannelStream known = streams.get(peer);
    if (known != null && serves(known, channel)) {
      return known;
    }
    ChannelStream opened = channel.open(ENDPOINT);
    ChannelStream kept =
        streams.compute(peer, (any, other) -> serves(other, channel) ? other : opened);
    if (kept != opened) { // another thread was faster
      opened.close();
      return kept;
    }
    opened.whenClosed().thenRun(() -> streams.remove(peer, opened));
    return opened;
  }

  private static boolean serves(@Nullable ChannelStream stream, Channel channel) {
    return stream != null && stream.channel() == channel && !stream.whenClosed().isDone();
  }

  private void dial(Member to, NodeAddress address, ByteBuffer packet) {
    Dial mine = new Dial();
    mine.waiting.add(copy(packet));
    Dial known = dials.putIfAbsent(to.node(), mine);
    if (known == null) {
      multiplexer
          .connect(address)
          .whenComplete((channel, failed) -> dialled(to, mine, failed == null ? channel : null));
      return;
    }
    synchronized (known) {
      if (!known.done && known.waiting.size() < WAITING_MAX) {
        known.waiting.add(copy(packet));
      }
      if (known.done && env.nanoTime() - known.doneNanos < DIAL_PAUSE.toNanos()) {
        return;
      }
    }
    if (known.done && dials.remove(to.node(), known)) {
      dial(to, address, packet);
    }
  }

  private void dialled(Member to, Dial dial, @Nullable Channel channel) {
    Queue<ByteBuffer> packets;
    synchronized (dial) {
      packets = new ArrayDeque<>(dial.waiting);
      dial.waiting.clear();
      dial.done = true;
      dial.doneNanos = env.nanoTime();
    }
    if (channel == null) {
      return;
    }
    dials.remove(to.node(), dial);
    if (Member.of(channel.peer()).equals(to)) {
      packets.forEach(packet -> send(channel, packet));
    }
  }

  private static Duration atLeastOneMilli(Duration timeout) {
    Duration least = Duration.ofMillis(1);
    return timeout.compareTo(least) < 0 ? least : timeout;
  }

  private static ByteBuffer copy(ByteBuffer packet) {
    return ByteBuffer.wrap(bytes(packet.duplicate()));
  }

  private static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }
}
