package org.fluidosgi.channel;

import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import org.osgi.annotation.versioning.ProviderType;

/** A numbered stream of messages and calls on a channel; messages keep their order.
 * Buffers: what is given is copied before the method returns, the caller may reuse it; what is received belongs to the
 * receiver. Threads: any; nothing here blocks. */
@ProviderType
public interface ChannelStream {
  /** The channel that carries this stream. */
  Channel channel();

  /** Name of the endpoint this stream was opened to. */
  String endpoint();

  /** Number of the stream, unique on its channel while it is open. */
  int id();

  /** Sends one message that nobody answers. Errors: ChannelException (effect none) when the stream is closed or the
   * message is longer than the frame limit. */
  void send(ByteBuffer message);

  /** Sends a request. The future completes with the answer; fails with {@link ChannelException} when the peer's handler
   * failed, the deadline passed, the stream or the channel closed; cancelling it tells the peer. It completes on the network
   * loop: dependents must not block. */
  CompletableFuture<ByteBuffer> request(CallHeader call, ByteBuffer request);

  /** Completes once the stream is closed, by either side or with its channel; never completes exceptionally. */
  CompletableFuture<ChannelException> whenClosed();

  /** Closes the stream on both sides; pending calls on it fail. Idempotent. */
  void close();
}
