package org.fluidosgi.rsa.internal.call;

import static org.fluidosgi.channel.ChannelException.Effect.UNKNOWN;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.fluidosgi.channel.CallHeader;
import org.fluidosgi.channel.ChannelMultiplexer;
import org.fluidosgi.channel.ChannelStream;
import org.fluidosgi.channel.Env;

/** Sends calls on one stream to endpoint {@code rsa}, once each: no routes, no second attempt, no other channel. When the stream
 * closes, its calls fail, and all later ones.
 * Threads: any; nothing blocks. State: none but the stream's. */
public final class StreamCaller implements Calls {
  private final Env env;
  private final ChannelMultiplexer channels;
  private final ChannelStream stream;

  public StreamCaller(Env env, ChannelMultiplexer channels, ChannelStream stream) {
    this.env = env;
    this.channels = channels;
    this.stream = stream;
  }

  @Override
  public Caller.Call send(RemoteTarget own, String method, ByteBuffer request, long timeoutMillis) {
    Caller.Call call = new Caller.Call(
        channels.nextCallId(),
        own,
        method,
        request,
        timeoutMillis,
        env.nanoTime() / 1_000_000 + timeoutMillis);
    CompletableFuture<ByteBuffer> answer = stream.request(
        CallHeader.first(call.id, Duration.ofMillis(timeoutMillis)), call.request(own));
    call.sent(answer);
    answer.whenComplete((content, failure) -> {
      if (failure != null) {
        call.completeExceptionally(Caller.asChannelException(failure, UNKNOWN));
      } else {
        call.answered(content, call::completeExceptionally);
      }
    });
    return call;
  }

  /** Closes the stream; pending calls fail at once. */
  public void close() {
    stream.close();
  }
}
