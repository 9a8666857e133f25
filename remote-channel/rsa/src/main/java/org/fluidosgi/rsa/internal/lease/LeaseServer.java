package org.fluidosgi.rsa.internal.lease;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.fluidosgi.channel.ChannelException;
import org.fluidosgi.channel.ChannelException.Effect;
import org.fluidosgi.channel.ChannelException.Scope;
import org.fluidosgi.channel.ChannelStream;
import org.fluidosgi.channel.Env;
import org.fluidosgi.channel.IncomingCall;
import org.fluidosgi.channel.StreamHandler;

/** Tells peers what this node exports, one reader for each stream that they open.
 * State: the readers, owned by the node's task queue. Threads: network loops and exporters only hand on to it. Limits:
 * {@value #READERS_MAX} streams. Errors: a malformed request is answered with what is wrong, and its stream closed. */
public final class LeaseServer implements StreamHandler {
  /** Most streams at a time. */
  static final int READERS_MAX = 1_024;

  /** Lets the refusal go out first: closing a stream drops the answers that wait on it. */
  private static final Duration CLOSE_AFTER = Duration.ofMillis(100);

  private final LeaseSource source;
  private final Env env;
  private final EndpointBytes bytes;
  private final int leaseMillis;
  private final Map<ChannelStream, LeaseReader> readers = new HashMap<>();

  /** Shape: the leases last so many milliseconds, {@link LeaseWire#LEASE_MILLIS_MIN}..{@link LeaseWire#LEASE_MILLIS_MAX}. */
  public LeaseServer(LeaseSource source, Env env, String node, int leaseMillis) {
    this.source = source;
    this.env = env;
    this.bytes = new EndpointBytes(node);
    this.leaseMillis = leaseMillis;
  }

  /** The endpoint came, went or has another description. Threads: any. */
  public void changed(UUID endpoint) {
    env.execute(() -> readers.values().forEach(reader -> reader.changed(endpoint)));
  }

  @Override
  public void onOpen(ChannelStream stream) {
    env.execute(() -> {
      if (readers.size() < READERS_MAX) {
        readers.put(stream, new LeaseReader(source, bytes, leaseMillis, LeaseWire.REFERENCES_MAX));
      }
    });
  }

  @Override
  public void onClose(ChannelStream stream) {
    env.execute(() -> {
      LeaseReader reader = readers.remove(stream);
      if (reader != null) {
        reader.close();
      }
    });
  }

  @Override
  public void onMessage(ChannelStream stream, ByteBuffer message) {
    throw LeaseWire.malformed("only requests are expected"); // closes the stream
  }

  @Override
  public CompletionStage<ByteBuffer> onRequest(
      ChannelStream stream, IncomingCall call, ByteBuffer request) {
    CompletableFuture<ByteBuffer> answer = new CompletableFuture<>();
    env.execute(() -> {
      try {
        LeaseWire.checkRequest(request);
        LeaseReader reader = readers.get(stream);
        if (reader == null) {
          throw refused(
              readers.size() < READERS_MAX
                  ? "only who opened the stream may ask"
                  : READERS_MAX + " peers read already: too many connections");
        }
        if (!reader.ask(answer, env)) {
          throw LeaseWire.malformed("a request before the answer to the one before");
        }
      } catch (ChannelException e) {
        answer.completeExceptionally(e);
        env.schedule(CLOSE_AFTER, stream::close);
      }
    });
    return answer;
  }

  private static ChannelException refused(String text) {
    return new ChannelException(Scope.STREAM, Effect.NONE, text);
  }
}
