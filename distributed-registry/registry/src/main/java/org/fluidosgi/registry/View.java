package org.fluidosgi.registry;

import java.util.List;
import java.util.Set;
import org.fluidosgi.channel.NodeId;

/** Who belongs to the group at one moment, as one node sees it.
 * Shape: {@code epoch} rises by at least one per view delivered at this node; {@code members} are ordered alike at all of them,
 * the first is the oldest and hands out ordinals; {@code mergedFrom} holds the members that came with a merge of two
 * groups, empty otherwise. Threads: immutable. */
public record View(long epoch, List<NodeId> members, Set<NodeId> mergedFrom) {
  public View {
    members = List.copyOf(members);
    mergedFrom = Set.copyOf(mergedFrom);
    if (members.isEmpty()) {
      throw new IllegalArgumentException("a view has at least one member");
    }
  }

  /** Whether that node belongs to the group. */
  public boolean contains(NodeId node) {
    return members.contains(node);
  }
}
