package org.fluidosgi.groupstore.internal.core;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.fluidosgi.channel.NodeId;

/** The way to the group stores of other nodes. Threads: any; nothing blocks. */
public interface Peers {
  /** Sends a message that may be lost. */
  void send(NodeId to, byte[] message);

  /** Asks. Errors: ChannelException with its effect. */
  CompletableFuture<byte[]> request(NodeId to, byte[] request, Duration timeout);

  /** Whether there is a channel to that node now. */
  boolean isReachable(NodeId node);
}
