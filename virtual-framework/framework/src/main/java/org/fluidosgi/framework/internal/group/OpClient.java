package org.fluidosgi.framework.internal.group;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.fluidosgi.channel.CallHeader;
import org.fluidosgi.channel.ChannelException;
import org.fluidosgi.channel.ChannelMultiplexer;
import org.fluidosgi.channel.ChannelStream;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.framework.VirtualNode;
import org.fluidosgi.framework.internal.core.Message;
import org.fluidosgi.framework.internal.core.Op;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleException;

/** Sends operations to other nodes and waits for their answers.
 * Errors: BundleException that names operation, node, cause, and whether the effect is unknown. Threads: any but a network loop. */
final class OpClient {
  /** Endpoint name of the virtual framework. */
  static final String ENDPOINT = "framework";

  private final Duration timeout;
  private volatile @Nullable ChannelMultiplexer channels;

  OpClient(Duration timeout) {
    this.timeout = timeout;
  }

  void attach(@Nullable ChannelMultiplexer now) {
    channels = now;
  }

  /** One question on a stream of its own, without waiting. */
  CompletionStage<Map<String, Object>> ask(NodeId to, Op op, Map<String, ?> attributes) {
    ChannelMultiplexer now = channels;
    if (now == null) {
      return CompletableFuture.failedFuture(noChannel());
    }
    return now.connect(to).thenCompose(channel -> {
      ChannelStream stream = channel.open(ENDPOINT);
      return stream
          .request(header(now), Message.of(op.code(), attributes))
          .thenApply(answer -> {
            try {
              return OpClient.read(answer);
            } catch (BundleException e) {
              throw new CompletionException(e);
            }
          })
          .whenComplete((answer, failure) -> stream.close());
    });
  }

  /** One question, waiting for its answer. */
  Map<String, Object> call(VirtualNode to, Op op, Map<String, ?> attributes, String what)
      throws BundleException {
    try (Session session = open(to, what)) {
      return session.call(op, attributes);
    }
  }

  /** A stream of its own to that node. */
  Session open(VirtualNode to, String what) throws BundleException {
    ChannelMultiplexer now = channels;
    if (now == null) {
      throw new BundleException(what + ": " + noChannel().getMessage(), noChannel());
    }
    String on = what + " on " + to.name() + " (n" + to.ordinal() + ")";
    ChannelStream stream = await(
        now.connect(to.info().id()).thenApply(channel -> channel.open(ENDPOINT)),
        on,
        "nothing was done");
    return new Session(now, stream, on);
  }

  private static ChannelException noChannel() {
    return new ChannelException(
        ChannelException.Scope.NODE,
        ChannelException.Effect.NONE,
        "this node has no channel to others: start bundle org.fluidosgi.channel");
  }

  private CallHeader header(ChannelMultiplexer channels) {
    return CallHeader.first(channels.nextCallId(), timeout);
  }

  private <T> T await(CompletableFuture<T> future, String on, String ifLate)
      throws BundleException {
    try {
      // The channel ends calls at their deadline; the margin is for a channel that does not.
      return future.get(timeout.toMillis() + 1_000, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      future.cancel(true);
      Thread.currentThread().interrupt();
      throw new BundleException(on + ": interrupted; " + ifLate, e);
    } catch (TimeoutException e) {
      future.cancel(true);
      throw new UnknownEffectException(
          on + ": no answer within " + timeout.toMillis() + " ms", ifLate, e);
    } catch (ExecutionException e) {
      Throwable cause =
          e.getCause() instanceof CompletionException inner && inner.getCause() != null
              ? inner.getCause()
              : e.getCause();
      boolean none = cause instanceof ChannelException failure
          && failure.effect() == ChannelException.Effect.NONE;
      String text = cause == null ? e.toString() : String.valueOf(cause.getMessage());
      Throwable why = cause == null ? e : cause;
      String line = on + ": " + HostErrors.oneLine(text);
      throw none
          ? new BundleException(line + "; nothing was done", why)
          : new UnknownEffectException(line, ifLate, why);
    }
  }

  private static Map<String, Object> read(ByteBuffer answer) throws BundleException {
    byte status = Message.code(answer);
    Map<String, Object> attributes = Message.attributes(answer);
    if (status == Message.DONE) {
      return attributes;
    }
    throw new BundleException(
        HostErrors.oneLine(Message.value(attributes, "message", String.class)),
        Message.value(attributes, "type", Integer.class));
  }

  /** Several questions on one stream. Threads: one. */
  final class Session implements AutoCloseable {
    private static final String UNKNOWN = "whether it was done is unknown, look at fluid:bundles";
    private final ChannelMultiplexer channels;
    private final ChannelStream stream;
    private final String on;

    Session(ChannelMultiplexer channels, ChannelStream stream, String on) {
      this.channels = channels;
      this.stream = stream;
      this.on = on;
    }

    Map<String, Object> call(Op op, Map<String, ?> attributes) throws BundleException {
      return answer(Message.of(op.code(), attributes));
    }

    /** Sends a piece of content. */
    Map<String, Object> chunk(long offset, ByteBuffer bytes) throws BundleException {
      return answer(Message.chunk(Op.CHUNK.code(), offset, bytes));
    }

    private Map<String, Object> answer(ByteBuffer request) throws BundleException {
      try {
        return read(raw(request));
      } catch (IllegalArgumentException e) {
        throw new BundleException(on + ": malformed answer: " + e.getMessage(), e);
      }
    }

    /** The answer as it came. */
    ByteBuffer raw(ByteBuffer request) throws BundleException {
      return await(stream.request(header(channels), request), on, UNKNOWN);
    }

    @Override
    public void close() {
      stream.close();
    }
  }
}
