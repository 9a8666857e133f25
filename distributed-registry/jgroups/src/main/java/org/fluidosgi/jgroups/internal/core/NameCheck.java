package org.fluidosgi.jgroups.internal.core;

import java.util.HashSet;
import java.util.Set;
import org.fluidosgi.channel.Channel;
import org.fluidosgi.channel.ChannelException;
import org.fluidosgi.channel.ChannelListener;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.channel.NodeInfo;

/** Says, once for each such node, that another node has this node's name: names are for people, and people would mix them up.
 * State: guarded by {@code told}. Threads: the network loop. */
public final class NameCheck implements ChannelListener {
  /** Nodes that are said to have this node's name; more are not said. */
  static final int TOLD_MAX = 64;

  private static final System.Logger LOG = System.getLogger("org.fluidosgi.jgroups");

  private final NodeInfo self;
  private final Set<NodeId> told = new HashSet<>();

  public NameCheck(NodeInfo self) {
    this.self = self;
  }

  @Override
  public void opened(Channel channel) {
    NodeInfo peer = channel.peer();
    if (!peer.name().equals(self.name())) {
      return;
    }
    synchronized (told) {
      if (told.size() >= TOLD_MAX || !told.add(peer.id())) {
        return;
      }
    }
    LOG.log(
        System.Logger.Level.WARNING,
        "{0}: two nodes of the group have the name {0}: this one, {1} at {2}, and {3} at {4}; both go on,"
            + " told apart by their ids; set fluid.name on one of them",
        self.name(),
        self.id(),
        self.address(),
        peer.id(),
        peer.address());
  }

  @Override
  public void closed(Channel channel, ChannelException cause) {}
}
