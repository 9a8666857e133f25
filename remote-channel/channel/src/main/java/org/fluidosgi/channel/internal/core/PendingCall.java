package org.fluidosgi.channel.internal.core;

import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import org.fluidosgi.channel.CallHeader;
import org.fluidosgi.channel.ChannelException;
import org.fluidosgi.channel.ChannelException.Effect;

/** A request whose answer is awaited.
 * Invariant: in its connection's table until it completes, in whatever way; when its owner ends it, by cancelling or
 * completing it, the peer is told. */
final class PendingCall extends CompletableFuture<ByteBuffer> {
  private final Connection connection;
  private final Stream stream;
  private final CallHeader call;
  private final OutFrame frame;
  private final long deadlineNanos;

  PendingCall(
      Connection connection, Stream stream, CallHeader call, OutFrame frame, long deadlineNanos) {
    this.connection = connection;
    this.stream = stream;
    this.call = call;
    this.frame = frame;
    this.deadlineNanos = deadlineNanos;
  }

  Stream stream() {
    return stream;
  }

  CallHeader call() {
    return call;
  }

  OutFrame frame() {
    return frame;
  }

  boolean hasDeadline() {
    return !call.timeout().isZero();
  }

  long deadlineNanos() {
    return deadlineNanos;
  }

  /** The peer answered. */
  void answered(ByteBuffer response) {
    super.complete(response);
  }

  void failed(ChannelException failure) {
    super.completeExceptionally(failure);
  }

  /** Fails with the effect that follows from whether the request was written. */
  void lost(ChannelException why, Effect ifWritten) {
    Effect effect = frame.drop() ? Effect.NONE : ifWritten;
    super.completeExceptionally(
        new ChannelException(why.scope(), effect, String.valueOf(why.getMessage())));
  }

  @Override
  public boolean cancel(boolean mayInterruptIfRunning) {
    boolean done = super.cancel(mayInterruptIfRunning);
    connection.abandon(this);
    return done;
  }

  @Override
  public boolean complete(ByteBuffer value) {
    boolean done = super.complete(value);
    connection.abandon(this);
    return done;
  }

  @Override
  public boolean completeExceptionally(Throwable failure) {
    boolean done = super.completeExceptionally(failure);
    connection.abandon(this);
    return done;
  }
}
