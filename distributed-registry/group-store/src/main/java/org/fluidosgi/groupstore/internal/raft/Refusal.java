package org.fluidosgi.groupstore.internal.raft;

import java.util.List;
import org.fluidosgi.channel.ChannelException.Effect;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.groupstore.NoMajorityException;

/** Why a store cannot decide: who votes, and who of them is away. */
final class Refusal {
  private Refusal() {}

  /** How many of the voters are in the view. */
  static int answering(GroupNode node, List<NodeId> voters) {
    return (int) voters.stream().filter(node.view()::contains).count();
  }

  static NoMajorityException of(GroupNode node, Effect effect, String why) {
    List<NodeId> voters = node.voters();
    int answering = answering(node, voters);
    return new NoMajorityException(
        effect,
        answering,
        voters.size(),
        node.config().name() + ": the group store cannot decide: " + answering + " of "
            + voters.size() + " voters answer (" + describe(node, voters) + "); " + why
            + (!voters.isEmpty() && answering <= voters.size() / 2
                ? "; start those that are away, or, if they never come back, see fluid:takeover"
                : "")
            + (node.trouble().isEmpty() ? "" : "; this node's own voter: " + node.trouble()));
  }

  private static String describe(GroupNode node, List<NodeId> voters) {
    StringBuilder text = new StringBuilder();
    for (NodeId voter : voters) {
      text.append(text.length() == 0 ? "" : ", ")
          .append(voter.toString(), 0, 8)
          .append(node.view().contains(voter) ? "" : " away");
    }
    return text.length() == 0 ? "none is known yet" : text.toString();
  }
}
