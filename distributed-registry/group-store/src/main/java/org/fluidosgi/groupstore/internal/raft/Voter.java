package org.fluidosgi.groupstore.internal.raft;

import io.microraft.RaftEndpoint;
import java.util.UUID;
import org.fluidosgi.channel.NodeId;

/** A member of a Raft group: a node and its log. A node that begins a new log is another voter, so that nobody counts on what it
 * no longer has. */
record Voter(NodeId node, UUID log) implements RaftEndpoint {
  @Override
  public Object getId() {
    return node;
  }
}
