package org.fluidosgi.channel.internal.core;

import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.fluidosgi.channel.CallHeader;
import org.fluidosgi.channel.Channel;
import org.fluidosgi.channel.ChannelException;
import org.fluidosgi.channel.ChannelStream;
import org.jspecify.annotations.Nullable;

/** One stream of a connection. Threads: any; the first who sets the cause closes it. */
final class Stream implements ChannelStream {
  private final Connection connection;
  private final int id;
  private final String endpoint;
  private final @Nullable Served served;
  private final AtomicReference<@Nullable ChannelException> cause = new AtomicReference<>();
  private final CompletableFuture<ChannelException> whenClosed = new CompletableFuture<>();

  /** A stream that the peer opened when {@code served} is given, else one of ours. */
  Stream(Connection connection, int id, String endpoint, @Nullable Served served) {
    this.connection = connection;
    this.id = id;
    this.endpoint = endpoint;
    this.served = served;
  }

  @Nullable
  Served served() {
    return served;
  }

  @Nullable
  ChannelException cause() {
    return cause.get();
  }

  /** True for the one who closes it. */
  boolean markClosed(ChannelException why) {
    return cause.compareAndSet(null, why);
  }

  void tellClosed(ChannelException why) {
    whenClosed.complete(why);
  }

  @Override
  public Channel channel() {
    return connection;
  }

  @Override
  public String endpoint() {
    return endpoint;
  }

  @Override
  public int id() {
    return id;
  }

  @Override
  public void send(ByteBuffer message) {
    connection.send(this, message);
  }

  @Override
  public CompletableFuture<ByteBuffer> request(CallHeader call, ByteBuffer request) {
    return connection.request(this, call, request);
  }

  @Override
  public CompletableFuture<ChannelException> whenClosed() {
    return whenClosed.copy();
  }

  @Override
  public void close() {
    connection.closeStream(
        this, CloseCode.CLOSED, "closed by " + connection.self().name());
  }

  @Override
  public String toString() {
    return "stream " + id + " to endpoint " + endpoint + " of " + connection;
  }
}
