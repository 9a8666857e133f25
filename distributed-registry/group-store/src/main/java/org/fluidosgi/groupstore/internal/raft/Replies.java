package org.fluidosgi.groupstore.internal.raft;

import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.groupstore.internal.core.Keys;

/** Answers what other stores ask. Threads: the owner thread. */
final class Replies {
  private final GroupNode node;
  private final VoterPolicy policy;
  private final Following following;

  Replies(GroupNode node, VoterPolicy policy, Following following) {
    this.node = node;
    this.policy = policy;
    this.following = following;
  }

  /** A question. */
  CompletableFuture<Answer> answer(NodeId from, Question question) {
    Replica own = node.replica();
    if (question instanceof Question.Status status) {
      node.search().askBack(from, status.group());
      return CompletableFuture.completedFuture(status(status.group()));
    } else if (own == null || own.isEnded()) {
      return CompletableFuture.completedFuture(new Answer.NotLeader());
    } else if (question instanceof Question.Changes changes) {
      return following.serve(own, changes);
    } else if (question instanceof Question.Contents contents) {
      return CompletableFuture.completedFuture(following.serve(own, contents));
    } else if (!own.isLeader()) {
      return CompletableFuture.completedFuture(new Answer.NotLeader());
    } else if (question instanceof Question.Decide decide) {
      return Decisions.decide(own, decide.write());
    } else if (question instanceof Question.Read read) {
      return own.read(read.key())
          .handle((entry, failure) ->
              failure == null ? new Answer.Entry(entry) : new Answer.NotLeader());
    } else if (question instanceof Question.Join join) {
      return CompletableFuture.completedFuture(
          join.voter().node().equals(from) && join.group().equals(own.group())
              ? policy.join(own, join.voter())
              : new Answer.NotLeader());
    }
    Question.Leave leave = (Question.Leave) question;
    return leave.voter().node().equals(from) && leave.group().equals(own.group())
        ? policy
            .takeOut(own, leave.voter(), node.view())
            .thenApply(done -> done
                ? new Answer.Done()
                : new Answer.Unknown(
                    "too few of the other voters are there, or they did not agree"))
        : CompletableFuture.completedFuture(new Answer.NotLeader());
  }

  private Answer status(UUID asked) {
    Replica own = node.replica();
    boolean joined = node.search().gaveUp(asked);
    if (own != null && !own.isEnded() && own.isMember() && !node.isGivingUp()) {
      boolean leading = own.isLeader();
      return new Answer.Group(
          own.group(),
          own.initialMembers(),
          own.membersIndex(),
          own.decidedMembers(),
          own.decidedVoters(),
          own.leader(),
          leading,
          leading && policy.hasRoom(own),
          joined || own.entries().get(Keys.JOINED + asked).version() > 0);
    }
    Answer.Group group = node.known();
    if (own == null && group == null && node.disk() != null) {
      return new Answer.NotLeader(); // its disk failed: it has a group, and cannot speak for it
    }
    return group == null || node.isGivingUp()
        ? new Answer.NoGroup(joined)
        : new Answer.Group(
            group.group(),
            group.initial(),
            group.membersIndex(),
            group.members(),
            group.voting(),
            group.leader(),
            false,
            false,
            joined);
  }
}
