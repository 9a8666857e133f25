package org.fluidosgi.rsa.internal.call;

import static org.fluidosgi.channel.ChannelException.Effect.NONE;
import static org.fluidosgi.channel.ChannelException.Effect.UNKNOWN;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.fluidosgi.channel.CallHeader;
import org.fluidosgi.channel.Channel;
import org.fluidosgi.channel.ChannelException;
import org.fluidosgi.channel.ChannelException.Scope;
import org.fluidosgi.channel.ChannelMultiplexer;
import org.fluidosgi.channel.ChannelStream;
import org.fluidosgi.channel.LocalNode;
import org.fluidosgi.channel.NodeId;
import org.jspecify.annotations.Nullable;

/** Sends calls: finds the endpoint by the routes, the channel to its node, one shared stream on it, and tries again where the
 * routes allow it.
 * Threads: any; nothing blocks. State: one stream for each peer, replaced when it closed. */
public final class Caller implements Calls {
  /** Name of the channel endpoint that serves calls. */
  public static final String ENDPOINT = "rsa";

  /** Most attempts of one call, whatever a router says. */
  static final int ATTEMPTS_MAX = 8;

  private final LocalNode node;
  private final ChannelMultiplexer channels;
  private final Dispatcher local;
  private final Routes routes;
  private final Map<NodeId, ChannelStream> streams = new ConcurrentHashMap<>();

  public Caller(LocalNode node, ChannelMultiplexer channels, Dispatcher local, Routes routes) {
    this.node = node;
    this.channels = channels;
    this.local = local;
    this.routes = routes;
  }

  /** Milliseconds on the node's clock. */
  long nowMillis() {
    return node.env().nanoTime() / 1_000_000;
  }

  /** Notes where the target's node is reached. */
  public void learn(RemoteTarget target) {
    if (!isLocal(target)) {
      target.address().ifPresent(address -> channels.learn(target.node(), address));
    }
  }

  private boolean isLocal(RemoteTarget target) {
    return target.node().equals(node.info().id());
  }

  @Override
  public Call send(RemoteTarget own, String method, ByteBuffer request, long timeoutMillis) {
    Call call = new Call(
        channels.nextCallId(), own, method, request, timeoutMillis, nowMillis() + timeoutMillis);
    attempt(call, 0, null);
    return call;
  }

  private void attempt(Call call, int attempt, @Nullable ChannelException last) {
    if (call.isDone()) {
      return;
    }
    long left = call.endMillis - nowMillis();
    if (left <= 0) {
      call.completeExceptionally(last != null ? last : late(call, NONE));
      return;
    }
    RemoteTarget target = attempt >= ATTEMPTS_MAX
        ? null
        : routes.route(call.id, attempt, call.method, last, call.own).orElse(null);
    if (target == null) {
      call.completeExceptionally(
          last != null
              ? last
              : new ChannelException(Scope.CALL, NONE, "no endpoint was chosen for the call"));
      return;
    }
    if (isLocal(target)) {
      request(call, attempt, target, null, left);
      return;
    }
    ChannelStream ready = streams.get(target.node());
    if (ready != null && !ready.whenClosed().isDone()) {
      request(call, attempt, target, ready, left);
      return;
    }
    open(target).whenComplete((stream, failure) -> {
      if (failure != null) {
        failed(call, attempt, asChannelException(failure, NONE));
      } else {
        request(call, attempt, target, stream, Math.max(1, call.endMillis - nowMillis()));
      }
    });
  }

  private CompletableFuture<ChannelStream> open(RemoteTarget target) {
    try {
      return channels.connect(target.node()).thenApply(this::stream);
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private ChannelStream stream(Channel channel) {
    return streams.compute(channel.peer().id(), (peer, known) -> {
      if (known != null && known.channel() == channel && !known.whenClosed().isDone()) {
        return known;
      }
      return channel.open(ENDPOINT);
    });
  }

  private void request(
      Call call,
      int attempt,
      RemoteTarget target,
      @Nullable ChannelStream stream,
      long leftMillis) {
    CallHeader header = new CallHeader(call.id, attempt, Duration.ofMillis(leftMillis));
    CompletableFuture<ByteBuffer> answer;
    try {
      long living = stream == null
          ? node.info().incarnation().counter()
          : stream.channel().peer().incarnation().counter();
      if (living != target.incarnation()) {
        throw new ChannelException(
            Scope.CALL,
            NONE,
            "the endpoint belongs to run " + target.incarnation()
                + " of its node, which is now in run " + living);
      }
      ByteBuffer request = call.request(target);
      answer = stream == null
          ? local.callLocally(header, node.info(), request)
          : stream.request(header, request);
    } catch (RuntimeException e) {
      failed(call, attempt, asChannelException(e, NONE));
      return;
    }
    call.sent(answer);
    answer.whenComplete((content, failure) -> {
      if (failure != null) {
        failed(call, attempt, asChannelException(failure, UNKNOWN));
      } else {
        call.answered(content, refusal -> failed(call, attempt, refusal));
      }
    });
  }

  private void failed(Call call, int attempt, ChannelException failure) {
    if (!call.isDone()) {
      attempt(call, attempt + 1, failure);
    }
  }

  static ChannelException late(Call call, ChannelException.Effect effect) {
    return new ChannelException(
        Scope.CALL, effect, "no answer within " + call.timeoutMillis + " ms");
  }

  /** The failure of a stage as what it says of the channel, else one of that effect. */
  public static ChannelException asChannelException(
      Throwable failure, ChannelException.Effect effect) {
    Throwable cause = failure;
    while ((cause instanceof CompletionException || cause instanceof ExecutionException)
        && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause instanceof ChannelException known
        ? known
        : new ChannelException(Scope.CALL, effect, cause.toString(), cause);
  }

  /** Forgets the streams; the channel closes them. */
  public void close() {
    for (ChannelStream stream : streams.values()) {
      stream.close();
    }
    streams.clear();
  }

  /** One call over all its attempts. */
  static final class Call extends CompletableFuture<ByteBuffer> {
    final long id;
    final RemoteTarget own;
    final String method;
    final long timeoutMillis;
    final long endMillis;
    private final ByteBuffer request;
    private volatile @Nullable CompletableFuture<ByteBuffer> inFlight;

    Call(
        long id,
        RemoteTarget own,
        String method,
        ByteBuffer request,
        long timeoutMillis,
        long endMillis) {
      this.id = id;
      this.own = own;
      this.method = method;
      this.request = request;
      this.timeoutMillis = timeoutMillis;
      this.endMillis = endMillis;
    }

    /** Notes the attempt that runs now. */
    void sent(CompletableFuture<ByteBuffer> attempt) {
      inFlight = attempt;
      if (isDone()) {
        attempt.cancel(false);
      }
    }

    /** Completes with that answer, unless it is a refusal, which goes to the other. */
    void answered(ByteBuffer content, Consumer<ChannelException> refused) {
      try {
        if (content.hasRemaining() && content.get(content.position()) == Wire.REFUSED) {
          content.get();
          refused.accept(Wire.readRefusal(content));
        } else {
          complete(content);
        }
      } catch (RuntimeException e) {
        completeExceptionally(asChannelException(e, UNKNOWN));
      }
    }

    ByteBuffer request(RemoteTarget target) {
      Wire.address(request, target.id()); // an earlier attempt may have gone elsewhere
      return request.duplicate();
    }

    /** Gives up: the peer is told, nothing more is tried. */
    void giveUp(ChannelException reason) {
      completeExceptionally(reason);
      CompletableFuture<ByteBuffer> pending = inFlight;
      if (pending != null) {
        pending.cancel(false);
      }
    }

    @Override
    public boolean cancel(boolean mayInterrupt) {
      boolean done = super.cancel(mayInterrupt);
      CompletableFuture<ByteBuffer> pending = inFlight;
      if (pending != null) {
        pending.cancel(false);
      }
      return done;
    }
  }
}
