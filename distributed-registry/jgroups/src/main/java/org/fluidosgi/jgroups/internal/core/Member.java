package org.fluidosgi.jgroups.internal.core;

import org.fluidosgi.channel.NodeId;
import org.fluidosgi.channel.NodeInfo;

/** One life of a node as a member of the group: two lives of a node are two members.
 * Threads: immutable. */
public record Member(NodeId node, long incarnation) {
  /** The member that a handshake proved. */
  public static Member of(NodeInfo info) {
    return new Member(info.id(), info.incarnation().counter());
  }

  /** Whether the other is a later life of the same node. */
  public boolean isBefore(Member other) {
    return node.equals(other.node) && incarnation < other.incarnation;
  }

  @Override
  public String toString() {
    return node + "#" + incarnation;
  }
}
