package org.fluidosgi.channel.internal.core;

import java.util.concurrent.CompletableFuture;
import org.fluidosgi.channel.CallHeader;
import org.fluidosgi.channel.IncomingCall;
import org.fluidosgi.channel.NodeInfo;
import org.jspecify.annotations.Nullable;

/** A request being served. Owner of its state: its monitor. */
final class IncomingRequest implements IncomingCall {
  private final CallHeader header;
  private final Stream stream;
  private boolean cancelled;
  private @Nullable CompletableFuture<Void> whenCancelled;

  IncomingRequest(CallHeader header, Stream stream) {
    this.header = header;
    this.stream = stream;
  }

  Stream stream() {
    return stream;
  }

  @Override
  public CallHeader header() {
    return header;
  }

  @Override
  public NodeInfo caller() {
    return stream.channel().peer();
  }

  @Override
  public synchronized CompletableFuture<Void> whenCancelled() {
    CompletableFuture<Void> future = whenCancelled;
    if (future == null) {
      future = new CompletableFuture<>();
      whenCancelled = future;
      if (cancelled) {
        future.complete(null);
      }
    }
    return future;
  }

  void cancel() {
    CompletableFuture<Void> future;
    synchronized (this) {
      cancelled = true;
      future = whenCancelled;
    }
    if (future != null) {
      future.complete(null);
    }
  }
}
