package org.fluidosgi.channel;

import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ConsumerType;

/** Serves the streams that peers open to one endpoint.
 * Threads: called on the channel's network loop, in order for one channel. Decode, enqueue, return: never block.
 * What it throws closes the stream, or fails the one call; never the node. */
@ConsumerType
public interface StreamHandler {
  /** A peer opened a stream. */
  default void onOpen(ChannelStream stream) {}

  /** A one-way message arrived. */
  default void onMessage(ChannelStream stream, ByteBuffer message) {}

  /** A request arrived; the stage's value is sent back. When it fails, the caller gets a {@link ChannelException} with the
   * failure's message, of the failure's own effect if it is a ChannelException, else unknown. */
  default CompletionStage<ByteBuffer> onRequest(
      ChannelStream stream, IncomingCall call, ByteBuffer request) {
    return CompletableFuture.failedFuture(new ChannelException(
        ChannelException.Scope.CALL,
        ChannelException.Effect.NONE,
        "endpoint " + stream.endpoint() + " takes no requests"));
  }

  /** The stream is closed, by either side or with its channel. */
  default void onClose(ChannelStream stream) {}
}
