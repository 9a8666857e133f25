package org.fluidosgi.channel.internal.core;

import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.fluidosgi.channel.CallHeader;
import org.fluidosgi.channel.Channel;
import org.fluidosgi.channel.ChannelException;
import org.fluidosgi.channel.ChannelException.Effect;
import org.fluidosgi.channel.ChannelException.Scope;
import org.fluidosgi.channel.ChannelStream;
import org.fluidosgi.channel.NodeAddress;
import org.fluidosgi.channel.NodeInfo;
import org.jspecify.annotations.Nullable;

/** An open channel: its streams, the calls we made on it, the sending side of its frames.
 * Threads: senders come from any thread and only touch concurrent tables; what closes is finished on the link's loop. The
 * receiving side is {@link Inbound}. Invariant: after {@link #cause} is set nothing enters the tables for good: who adds
 * looks at it afterwards. */
final class Connection implements Channel {
  /** Streams get no number twice; after that many the channel must be opened anew. */
  private static final int STREAM_ID_MAX = Integer.MAX_VALUE - 2;

  private final Multiplexer owner;
  private final Link link;
  private final NodeInfo peer;
  private final @Nullable NodeAddress dialled;
  private final int peerFrameBytesMax;
  private final Limits limits;
  private final Map<Integer, Stream> streams = new ConcurrentHashMap<>();
  private final Map<Long, PendingCall> calls = new ConcurrentHashMap<>();
  private final Object openMonitor = new Object();
  private int nextStream; // guarded by openMonitor
  private final AtomicReference<@Nullable ChannelException> cause = new AtomicReference<>();
  private final CompletableFuture<ChannelException> whenClosed = new CompletableFuture<>();
  private final CompletableFuture<Void> openTold = new CompletableFuture<>();
  private final Deadlines deadlines;
  private final Heartbeat heartbeat;
  private final Inbound inbound;

  /** An address that was dialled makes this side the dialer. */
  Connection(
      Multiplexer owner,
      Link link,
      @Nullable NodeAddress dialled,
      NodeInfo peer,
      int peerFrameBytesMax) {
    boolean dialer = dialled != null;
    this.dialled = dialled;
    this.owner = owner;
    this.link = link;
    this.peer = peer;
    this.peerFrameBytesMax = peerFrameBytesMax;
    this.limits = owner.limits();
    this.nextStream = dialer ? 1 : 2;
    this.deadlines = new Deadlines(link, owner.env()::nanoTime, this::expire);
    this.heartbeat = new Heartbeat(this, link, limits, owner.env()::nanoTime);
    this.inbound = new Inbound(this, dialer);
  }

  /** Threads: loop. */
  void start() {
    link.frameBytesMax(limits.frameBytesMax());
    link.handler(inbound);
    heartbeat.start();
  }

  /** Whether this channel leads to that address, by what was dialled or by what the peer advertises. */
  boolean leadsTo(NodeAddress address) {
    return address.equals(dialled) || address.equals(peer.address());
  }

  /** Whether this side made the channel by dialling that address. */
  boolean wasDialledAt(NodeAddress address) {
    return address.equals(dialled);
  }

  /** The listeners know of this channel; from now on they may be told of its end. Threads: loop. */
  void openTold() {
    openTold.complete(null);
  }

  Multiplexer owner() {
    return owner;
  }

  Link link() {
    return link;
  }

  Limits limits() {
    return limits;
  }

  NodeInfo self() {
    return owner.self();
  }

  Map<Integer, Stream> streams() {
    return streams;
  }

  Heartbeat heartbeat() {
    return heartbeat;
  }

  /** Requests of this side that wait for their answer. */
  int pendingCalls() {
    return calls.size();
  }

  /** Requests of the peer that are being served. */
  int servedCalls() {
    return inbound.servedCalls();
  }

  int peerFrameBytesMax() {
    return peerFrameBytesMax;
  }

  @Override
  public NodeInfo peer() {
    return peer;
  }

  @Override
  public boolean isOpen() {
    return cause.get() == null;
  }

  @Override
  public CompletableFuture<Duration> ping() {
    return heartbeat.ping();
  }

  @Override
  public CompletableFuture<ChannelException> whenClosed() {
    return whenClosed.copy();
  }

  @Override
  public void close() {
    close(GoAway.CLOSED, "closed by " + self().name());
  }

  @Override
  public boolean closeIfUnused() {
    String text = "not used any more by " + self().name();
    ChannelException why =
        new ChannelException(Scope.CHANNEL, Effect.UNKNOWN, this + " is gone: " + text);
    synchronized (openMonitor) {
      if (!streams.isEmpty() || !cause.compareAndSet(null, why)) {
        return false;
      }
    }
    onLoop(() -> closeOnLoop(why, GoAway.CLOSED, text));
    return true;
  }

  @Override
  public ChannelStream open(String endpoint) {
    Endpoints.check(endpoint);
    ChannelException closed = cause.get();
    if (closed != null) {
      throw notSent(Scope.CHANNEL, this + " is closed: " + closed.getMessage());
    }
    if (streams.size() >= limits.streamsMax()) {
      throw notSent(
          Scope.STREAM,
          this + " has " + limits.streamsMax()
              + " streams already; close some or raise fluid.channel.streams.max");
    }
    Stream stream = queueOpen(endpoint);
    if (stream == null || !isOpen()) {
      if (stream != null) {
        streams.remove(stream.id());
      }
      throw notSent(Scope.CHANNEL, this + " is closed or its write queue is full");
    }
    link.wake();
    return stream;
  }

  /** Takes the next number and queues OPEN in one step: numbers must reach the peer in order. Null when the queue is full. */
  private @Nullable Stream queueOpen(String endpoint) {
    synchronized (openMonitor) {
      if (nextStream >= STREAM_ID_MAX) {
        throw notSent(
            Scope.STREAM, this + " has used up its stream numbers; close and reconnect it");
      }
      Stream stream = new Stream(this, nextStream, endpoint, null);
      streams.put(stream.id(), stream);
      if (!link.queue().add(Frames.open(stream.id(), endpoint), 2L * limits.queueBytesMax())) {
        streams.remove(stream.id());
        return null;
      }
      nextStream += 2;
      return stream;
    }
  }

  void send(Stream stream, ByteBuffer message) {
    OutFrame frame = null;
    ChannelException closed = refusal(stream, Frames.HEADER_BYTES, message);
    if (closed == null) {
      frame = Frames.message(stream.id(), message);
      if (!link.offer(frame, limits.queueBytesMax())) {
        closed = queueFull();
      }
    }
    if (closed != null) {
      throw closed;
    }
  }

  CompletableFuture<ByteBuffer> request(Stream stream, CallHeader call, ByteBuffer request) {
    ChannelException refusal = refusal(stream, Frames.REQUEST_OVERHEAD, request);
    if (refusal == null && calls.size() >= limits.callsMax()) {
      refusal = notSent(
          Scope.CALL,
          this + " has " + limits.callsMax()
              + " pending calls; wait for some or raise fluid.channel.calls.max");
    }
    if (refusal != null) {
      return CompletableFuture.failedFuture(refusal);
    }
    long deadline = owner.env().nanoTime() + call.timeout().toNanos();
    OutFrame frame = Frames.request(stream.id(), call, request);
    PendingCall pending = new PendingCall(this, stream, call, frame, deadline);
    Long key = call.callId();
    if (calls.putIfAbsent(key, pending) != null) {
      return CompletableFuture.failedFuture(notSent(
          Scope.CALL,
          "call " + call.callId() + " is pending on " + this + " already; use a new id"));
    }
    if (!link.offer(frame, limits.queueBytesMax())) {
      calls.remove(key, pending);
      return CompletableFuture.failedFuture(queueFull());
    }
    if (pending.hasDeadline()) {
      deadlines.note(deadline);
    }
    ChannelException closed = stream.cause();
    if (closed != null && calls.remove(key, pending)) {
      pending.lost(closed, closed.effect());
    }
    return pending;
  }

  private @Nullable ChannelException refusal(Stream stream, int overhead, ByteBuffer payload) {
    ChannelException closed = stream.cause();
    if (closed != null) {
      return notSent(closed.scope(), stream + " is closed: " + closed.getMessage());
    }
    int most = Math.min(limits.frameBytesMax(), peerFrameBytesMax) - overhead;
    return payload.remaining() <= most
        ? null
        : notSent(
            Scope.CALL,
            payload.remaining() + " bytes do not fit into one frame to " + peer.name()
                + ", the most is " + most
                + "; send less or raise fluid.channel.frame.bytes.max on both nodes");
  }

  private ChannelException queueFull() {
    return notSent(
        Scope.CALL,
        this + " does not take more: " + link.queue().bytes()
            + " bytes wait to be written; slow down or raise fluid.channel.queue.bytes.max");
  }

  static ChannelException notSent(Scope scope, String message) {
    return new ChannelException(scope, Effect.NONE, message);
  }

  /** Sends what must not be lost. A peer that lets twice the queue limit pile up is beyond help: the channel closes. */
  boolean control(OutFrame frame) {
    if (link.offer(frame, 2L * limits.queueBytesMax())) {
      return true;
    }
    close(GoAway.CLOSED, "the peer does not read: " + link.queue().bytes() + " bytes wait for it");
    return false;
  }

  /** The owner of the call ended it: the peer need not go on. */
  void abandon(PendingCall call) {
    if (calls.remove(call.call().callId(), call) && !call.frame().drop() && isOpen()) {
      control(Frames.cancel(call.stream().id(), call.call()));
    }
  }

  /** The pending call that an answer belongs to, taken out; null when it is over or another attempt. */
  @Nullable
  PendingCall answered(int stream, long callId, int attempt) {
    PendingCall call = calls.get(callId);
    boolean match =
        call != null && call.stream().id() == stream && call.call().attempt() == attempt;
    return match && calls.remove(callId, call) ? call : null;
  }

  private void expire() {
    long now = owner.env().nanoTime();
    for (PendingCall call : calls.values()) {
      if (!call.hasDeadline()) {
        continue;
      }
      if (call.deadlineNanos() - now > 0) {
        deadlines.note(call.deadlineNanos());
      } else if (calls.remove(call.call().callId(), call)) {
        boolean written = !call.frame().drop();
        if (written) {
          control(Frames.cancel(call.stream().id(), call.call()));
        }
        call.failed(new ChannelException(
            Scope.CALL,
            written ? Effect.UNKNOWN : Effect.NONE,
            "no answer from " + peer.name() + " (" + peer.address() + "), endpoint "
                + call.stream().endpoint() + ", within " + call.call().timeout().toMillis()
                + " ms"));
      }
    }
  }

  /** Closes a stream from this side. Threads: any. */
  void closeStream(Stream stream, CloseCode code, String text) {
    if (isOpen() && end(stream, code, text)) {
      control(Frames.close(stream.id(), code, text));
    }
  }

  /** Ends a stream here; true for the one who did it. Threads: any. */
  boolean end(Stream stream, CloseCode code, String text) {
    Effect effect = code.untouched() ? Effect.NONE : Effect.UNKNOWN;
    ChannelException why = new ChannelException(
        Scope.STREAM, effect, "endpoint " + stream.endpoint() + " of " + this + ": " + text);
    if (!stream.markClosed(why)) {
      return false;
    }
    streams.remove(stream.id());
    onLoop(() -> finish(stream, why, effect));
    return true;
  }

  private void finish(Stream stream, ChannelException why, Effect ifWritten) {
    for (PendingCall call : calls.values()) {
      if (call.stream() == stream && calls.remove(call.call().callId(), call)) {
        call.lost(why, ifWritten);
      }
    }
    inbound.streamEnded(stream);
    stream.tellClosed(why);
  }

  /** Closes the channel, telling the peer why. Threads: any. */
  void close(GoAway code, String text) {
    ChannelException why =
        new ChannelException(Scope.CHANNEL, Effect.UNKNOWN, this + " is gone: " + text);
    if (cause.compareAndSet(null, why)) {
      onLoop(() -> closeOnLoop(why, code, text));
    }
  }

  /** The link was lost or closed by the peer. Threads: loop. */
  void lost(String text) {
    ChannelException why =
        new ChannelException(Scope.CHANNEL, Effect.UNKNOWN, this + " is gone: " + text);
    if (cause.compareAndSet(null, why)) {
      closeOnLoop(why, null, text);
    }
  }

  private void closeOnLoop(ChannelException why, @Nullable GoAway code, String text) {
    heartbeat.stop();
    deadlines.stop();
    for (Stream stream : streams.values()) {
      stream.markClosed(why);
    }
    for (PendingCall call : calls.values()) {
      if (calls.remove(call.call().callId(), call)) {
        call.lost(why, Effect.UNKNOWN);
      }
    }
    if (code == null || code == GoAway.SILENT) {
      link.queue().clear();
    }
    if (code
        != null) { // messages and answers given before go out first, requests that failed above do
      // not
      link.offer(Frames.farewell(FrameType.GOAWAY, code.number(), text), Long.MAX_VALUE);
    }
    link.close();
    for (Stream stream : new ArrayList<>(streams.values())) {
      streams.remove(stream.id());
      inbound.streamEnded(stream);
      stream.tellClosed(why);
    }
    inbound.channelEnded();
    owner.log().log(Level.INFO, "{0}: channel closed: {1}", self().name(), why.getMessage());
    openTold.thenRun(() -> {
      owner.announceClosed(this, why);
      owner
          .table()
          .closed(this); // not before: a new channel of the peer is told of after this one's end
      whenClosed.complete(why);
    });
  }

  void onLoop(Runnable task) {
    if (link.inLoop()) {
      task.run();
    } else {
      link.execute(task);
    }
  }

  @Override
  public String toString() {
    return "channel to " + peer.name() + " (" + peer.address() + ", " + peer.id() + ")";
  }
}
