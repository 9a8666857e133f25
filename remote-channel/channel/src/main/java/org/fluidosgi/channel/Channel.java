package org.fluidosgi.channel;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.osgi.annotation.versioning.ProviderType;

/** The one authenticated connection to another node.
 * Threads: any; nothing here blocks. */
@ProviderType
public interface Channel {
  /** Who is at the other end, as proved by the handshake. */
  NodeInfo peer();

  /** Whether calls can still be made; false from the moment closing was noticed. */
  boolean isOpen();

  /** Opens a stream to an endpoint of the peer; costs no round trip. An unknown endpoint fails the first request on it
   * (effect none) and closes the stream. Errors: ChannelException when the channel is closed or has too many streams. */
  ChannelStream open(String endpoint);

  /** Measures one round trip of the heartbeat frame. */
  CompletableFuture<Duration> ping();

  /** Completes, with the cause, once the channel is closed; never completes exceptionally. */
  CompletableFuture<ChannelException> whenClosed();

  /** Closes the connection; pending calls fail at once. Idempotent. */
  void close();

  /** Closes the connection if no stream is open on it, for who dialled it and needs it no more. Whoever opens a stream at this very moment, on
   * this side, is refused with effect none. True for the one who closed it. */
  default boolean closeIfUnused() {
    return false;
  }
}
