package org.fluidosgi.channel.internal.core;

import java.util.concurrent.CompletableFuture;
import org.fluidosgi.channel.NodeAddress;

/** Makes links. */
public interface Network {
  /** Takes a fresh link, dialled or accepted, and names the handler of its frames. Threads: the link's loop. */
  @FunctionalInterface
  interface Starter {
    void start(Link link);
  }

  /** Connects; the starter is called on the loop of the link before anything is read. The future fails with the reason when
   * no connection came about. */
  CompletableFuture<Void> dial(NodeAddress address, Starter starter);

  /** Accepts no more connections. */
  void stopListening();
}
