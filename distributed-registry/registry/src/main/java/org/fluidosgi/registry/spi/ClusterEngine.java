package org.fluidosgi.registry.spi;

import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.registry.View;
import org.osgi.annotation.versioning.ConsumerType;

/** Membership, failure detection, ordered multicast and request/response: bytes only, never a user's class. A whiteboard
 * service: the registry takes the one of the highest ranking and is its only user.
 * Threads: any; the handler is called by one engine thread at a time and must not block.
 * Source: architecture section 3. */
@ConsumerType
public interface ClusterEngine {
  /** What {@link #messageBytesMax} must be at least: room for the longest record and its frame. */
  int MESSAGE_BYTES_LEAST = 272 * 1024;

  /** Joins the group, or forms one alone; returns once the first view was delivered. Called once. */
  void start(Handler handler);

  /** Leaves the group; nothing is delivered afterwards. Idempotent. */
  void close();

  /** This node. */
  NodeId self();

  /** Longest message that {@link #multicast} and {@link #request} take and that a request may be answered with, in bytes; at
   * least {@link #MESSAGE_BYTES_LEAST}, or the registry refuses the engine. Errors: both throw IllegalArgumentException on a
   * longer one. */
  int messageBytesMax();

  /** Sends to all members, oneself included: FIFO per sender, delivered to oneself before the stage completes. */
  CompletionStage<Void> multicast(byte[] message);

  /** Asks one member; fails when it leaves or the time is up. */
  CompletionStage<byte[]> request(NodeId to, byte[] message, Duration timeout);

  /** Receives. Nothing is delivered from a node that is not a member of the last delivered view. */
  @ConsumerType
  interface Handler {
    /** The group changed. */
    void onView(View view);

    /** These members of the view are silent; an empty or smaller call takes it back. */
    default void onSuspected(java.util.Set<NodeId> suspected) {}

    /** A multicast arrived, one's own included. */
    void onMessage(NodeId from, byte[] message);

    /** A request arrived. */
    CompletionStage<byte[]> onRequest(NodeId from, byte[] message);
  }
}
