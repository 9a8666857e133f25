package org.fluidosgi.channel;

import org.osgi.annotation.versioning.ConsumerType;

/** Told when a channel opens or closes.
 * Threads: the channel's network loop; must not block. For one channel, opened comes before closed; when
 * a channel replaces another of the same peer, that one is told closed first. Channels that are open already are not told again. */
@ConsumerType
public interface ChannelListener {
  /** The handshake succeeded; streams can be opened. */
  default void opened(Channel channel) {}

  /** The channel is gone and every pending call on it has failed. */
  default void closed(Channel channel, ChannelException cause) {}
}
