package org.fluidosgi.jgroups.internal.core;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.fluidosgi.channel.Channel;
import org.fluidosgi.channel.ChannelException;
import org.fluidosgi.channel.ChannelListener;
import org.fluidosgi.channel.ChannelMultiplexer;
import org.fluidosgi.channel.ChannelStream;
import org.fluidosgi.channel.Env;
import org.fluidosgi.channel.NodeAddress;
import org.fluidosgi.channel.NodeInfo;
import org.fluidosgi.channel.StreamHandler;

/** Dials each peer back at the address that it advertises, once a life; where that does not lead to it, both sides say so once.
 * Such a peer works as long as its own channels last, but nobody can reach it anew.
 * State: {@code checked} is guarded by itself. Threads: the network loop and the node's tasks; nothing blocks.
 * Source: protocol-cluster, section 7. */
public final class AddressCheck implements ChannelListener, StreamHandler {
  /** Name of the endpoint on which a peer is told. */
  public static final String ENDPOINT = "cluster.address";

  /** Dials until an address is called wrong, and the pause before each. */
  static final int DIALS_MAX = 3;

  static final Duration PAUSE = Duration.ofSeconds(1);

  /** Lives of nodes that were checked; of more, none is. */
  static final int CHECKED_MAX = 4096;

  /** Longest cause that a peer is told or believed. */
  static final int CAUSE_BYTES_MAX = 512;

  private static final System.Logger LOG = System.getLogger("org.fluidosgi.jgroups");

  private final NodeInfo self;
  private final ChannelMultiplexer multiplexer;
  private final Env env;
  private final Set<Member> checked = new HashSet<>();
  private final AtomicBoolean ownTold = new AtomicBoolean();
  private volatile boolean closed;

  public AddressCheck(NodeInfo self, ChannelMultiplexer multiplexer, Env env) {
    this.self = self;
    this.multiplexer = multiplexer;
    this.env = env;
  }

  @Override
  public void opened(Channel channel) {
    NodeInfo peer = channel.peer();
    synchronized (checked) {
      if (checked.size() >= CHECKED_MAX || !checked.add(Member.of(peer))) {
        return;
      }
    }
    again(peer, DIALS_MAX);
  }

  @Override
  public void closed(Channel channel, ChannelException cause) {}

  /** Dials no more. */
  public void close() {
    closed = true;
  }

  private void again(NodeInfo peer, int left) {
    try {
      env.schedule(PAUSE, () -> dial(peer, left));
    } catch (RejectedExecutionException e) {
      LOG.log(System.Logger.Level.DEBUG, "{0}: the node stops, no more checks", self.name());
    }
  }

  private void dial(NodeInfo peer, int left) {
    if (closed || isGone(peer)) {
      return;
    }
    CompletableFuture<Channel> dialled;
    try {
      dialled = multiplexer.dial(peer.address());
    } catch (RuntimeException e) {
      dialled = CompletableFuture.failedFuture(e);
    }
    dialled.whenComplete((channel, failed) -> {
      if (failed == null && channel.peer().id().equals(peer.id())) {
        return;
      }
      if (closed || isGone(peer)) {
        return;
      }
      if (left > 1) {
        again(peer, left - 1);
      } else {
        wrong(
            peer,
            failed == null
                ? "node " + channel.peer().name() + " answers there"
                : String.valueOf(Failures.unwrap(failed).getMessage()));
      }
    });
  }

  /** Without a channel the peer may just have died: that says nothing of its address, and is checked at the next channel. */
  private boolean isGone(NodeInfo peer) {
    boolean gone = channel(peer).isEmpty();
    if (gone) {
      synchronized (checked) {
        checked.remove(Member.of(peer));
      }
    }
    return gone;
  }

  private Optional<Channel> channel(NodeInfo peer) {
    return multiplexer
        .channel(peer.id())
        .filter(channel -> channel.isOpen() && Member.of(channel.peer()).equals(Member.of(peer)));
  }

  private void wrong(NodeInfo peer, String cause) {
    LOG.log(
        System.Logger.Level.WARNING,
        "{0}: {1} advertises {2}, but is not reached there: {3}; set fluid.advertised.address on"
            + " {1} to an address at which this node reaches it",
        self.name(),
        peer.name(),
        peer.address(),
        cause);
    try {
      channel(peer)
          .ifPresent(channel -> channel.open(ENDPOINT).send(message(peer.address(), cause)));
    } catch (ChannelException e) {
      LOG.log(System.Logger.Level.DEBUG, self.name() + ": " + peer.name() + " is not told", e);
    }
  }

  private static ByteBuffer message(NodeAddress address, String cause) {
    byte[] host = address.host().getBytes(StandardCharsets.UTF_8);
    byte[] text = cause.getBytes(StandardCharsets.UTF_8);
    int length = Math.min(text.length, CAUSE_BYTES_MAX);
    return ByteBuffer.allocate(3 * Short.BYTES + host.length + length)
        .putShort((short) host.length)
        .put(host)
        .putShort((short) address.port())
        .putShort((short) length)
        .put(text, 0, length)
        .flip();
  }

  /** A peer says that it does not reach this node. */
  @Override
  public void onMessage(ChannelStream stream, ByteBuffer message) {
    String host;
    int port;
    String cause;
    try {
      host = text(message, Short.MAX_VALUE);
      port = message.getShort() & 0xffff;
      cause = text(message, CAUSE_BYTES_MAX);
    } catch (BufferUnderflowException e) {
      throw new IllegalArgumentException("a message on " + ENDPOINT + " is too short", e);
    }
    stream.close();
    if (!host.equals(self.address().host()) || port != self.address().port()) {
      return;
    }
    LOG.log(
        ownTold.compareAndSet(false, true)
            ? System.Logger.Level.WARNING
            : System.Logger.Level.DEBUG,
        "{0}: this node advertises {1}, but {2} does not reach it there: {3}; set"
            + " fluid.advertised.address to an address at which other nodes reach this one",
        self.name(),
        self.address(),
        stream.channel().peer().name(),
        cause);
  }

  private static String text(ByteBuffer message, int bytesMax) {
    int length = message.getShort() & 0xffff;
    if (length > Math.min(bytesMax, message.remaining())) {
      throw new IllegalArgumentException(
          "a text of " + length + " bytes on " + ENDPOINT + ", at most " + bytesMax);
    }
    byte[] bytes = new byte[length];
    message.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8).replaceAll("\\p{Cntrl}", " ");
  }
}
