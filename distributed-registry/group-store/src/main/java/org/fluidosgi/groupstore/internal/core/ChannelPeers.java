package org.fluidosgi.groupstore.internal.core;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.fluidosgi.channel.CallHeader;
import org.fluidosgi.channel.Channel;
import org.fluidosgi.channel.ChannelException;
import org.fluidosgi.channel.ChannelMultiplexer;
import org.fluidosgi.channel.ChannelStream;
import org.fluidosgi.channel.IncomingCall;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.channel.StreamHandler;
import org.jspecify.annotations.Nullable;

/** One stream to endpoint {@code group-store} per peer, on the channel that the group keeps open anyway: nobody is dialled for it.
 * State: a concurrent map. Threads: any; nothing blocks. Source: protocol-group-store. */
public final class ChannelPeers implements Peers, StreamHandler {
  /** Name of the endpoint. */
  public static final String ENDPOINT = "group-store";

  private static final System.Logger LOG = System.getLogger("org.fluidosgi.groupstore");

  /** What arrives. Called on the network loop. */
  public interface Upward {
    /** A one-way message. */
    void message(NodeId from, byte[] message);

    /** A question; the stage has the answer. */
    CompletionStage<byte[]> request(NodeId from, byte[] request);
  }

  private final ChannelMultiplexer multiplexer;
  private final Upward upward;
  private final Map<NodeId, ChannelStream> streams = new ConcurrentHashMap<>();

  public ChannelPeers(ChannelMultiplexer multiplexer, Upward upward) {
    this.multiplexer = multiplexer;
    this.upward = upward;
  }

  @Override
  public void send(NodeId to, byte[] message) {
    try {
      stream(to).send(ByteBuffer.wrap(message));
    } catch (ChannelException e) {
      LOG.log(System.Logger.Level.TRACE, "not sent, it is sent again", e);
    }
  }

  @Override
  public CompletableFuture<byte[]> request(NodeId to, byte[] request, Duration timeout) {
    try {
      Duration atLeast = timeout.toMillis() < 1 ? Duration.ofMillis(1) : timeout;
      return stream(to)
          .request(CallHeader.first(multiplexer.nextCallId(), atLeast), ByteBuffer.wrap(request))
          .thenApply(ChannelPeers::bytes);
    } catch (ChannelException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  @Override
  public boolean isReachable(NodeId node) {
    return multiplexer.channel(node).filter(Channel::isOpen).isPresent();
  }

  @Override
  public void onMessage(ChannelStream stream, ByteBuffer message) {
    upward.message(stream.channel().peer().id(), bytes(message));
  }

  @Override
  public CompletionStage<ByteBuffer> onRequest(
      ChannelStream stream, IncomingCall call, ByteBuffer request) {
    return upward.request(call.caller().id(), bytes(request)).thenApply(ByteBuffer::wrap);
  }

  /** Closes the streams that were opened from here. */
  public void close() {
    List<ChannelStream> open = List.copyOf(streams.values());
    streams.clear();
    open.forEach(ChannelStream::close);
  }

  private ChannelStream stream(NodeId to) {
    Channel channel = multiplexer
        .channel(to)
        .filter(Channel::isOpen)
        .orElseThrow(() -> new ChannelException(
            ChannelException.Scope.CHANNEL, ChannelException.Effect.NONE, "no channel to " + to));
    ChannelStream known = streams.get(to);
    if (known != null && serves(known, channel)) {
      return known;
    }
    ChannelStream opened = channel.open(ENDPOINT);
    ChannelStream kept =
        streams.compute(to, (any, other) -> serves(other, channel) ? other : opened);
    if (kept != opened) { // another thread was faster
      opened.close();
      return kept;
    }
    opened.whenClosed().thenRun(() -> streams.remove(to, opened));
    return opened;
  }

  private static boolean serves(@Nullable ChannelStream stream, Channel channel) {
    return stream != null && stream.channel() == channel && !stream.whenClosed().isDone();
  }

  private static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }
}
