package org.fluidosgi.jgroups.internal.core;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.fluidosgi.channel.Channel;
import org.fluidosgi.channel.ChannelMultiplexer;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.channel.NodeInfo;

/** The nodes that this one may make a group with: it was to join them, or heard of the cluster from them, or was in a view with them.
 * Others may have a channel to it for a purpose of their own, and are left alone.
 * Threads: any. Limit: one entry per node met. Source: protocol-cluster. */
public final class Acquaintances {
  private final ChannelMultiplexer multiplexer;
  private final Set<NodeId> met = ConcurrentHashMap.newKeySet();

  public Acquaintances(ChannelMultiplexer multiplexer) {
    this.multiplexer = multiplexer;
  }

  void meet(NodeId node) {
    met.add(node);
  }

  void meet(Collection<Member> members) {
    members.forEach(member -> met.add(member.node()));
  }

  /** Whether it is one of them. */
  public boolean knows(NodeId node) {
    return met.contains(node);
  }

  /** Those to which a channel is open now. */
  public List<NodeInfo> present() {
    return multiplexer.channels().stream()
        .filter(Channel::isOpen)
        .map(Channel::peer)
        .filter(peer -> knows(peer.id()))
        .toList();
  }
}
