package org.fluidosgi.groupstore.internal.raft;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** How a node that stops takes its voter out of the group. Threads: the owner thread. */
final class Leaving {
  private static final Logger LOG = System.getLogger("org.fluidosgi.groupstore");

  private final GroupNode node;

  Leaving(GroupNode node) {
    this.node = node;
  }

  /** Takes itself out of a group of several members, trying again until it is decided or {@code done} is completed otherwise. */
  void leave(CompletableFuture<Boolean> done) {
    Replica own = node.replica();
    if (done.isDone()) {
      return;
    }
    if (own == null || own.isEnded() || own.members().size() < 2 || !own.isMember()) {
      done.complete(false);
      return;
    }
    askOut(own).whenComplete((left, failure) -> {
      RaftDisk log = node.disk();
      if (failure != null || !left || log == null) {
        node.env().schedule(GroupNode.TICK, () -> node.execute(() -> leave(done)));
        return;
      }
      try {
        log.leave();
      } catch (IOException e) {
        LOG.log(Level.WARNING, node.config().name() + ": leaving cannot be noted", e);
      }
      done.complete(true);
    });
  }

  /** A leader hands its lead over first, so that the others need not wait for one. */
  private CompletableFuture<Boolean> askOut(Replica own) {
    Optional<Voter> next = own.votingMembers().stream()
        .map(Voter.class::cast)
        // Not by the view: the registry may have stopped before us.
        .filter(each -> !each.equals(own.self()) && node.isReachable(each.node()))
        .findFirst();
    if (own.isLeader() && next.isPresent()) {
      return own.handOver(next.get()).thenApply(handed -> false);
    }
    return node.leader()
        .map(to -> node.asker()
            .ask(to, new Question.Leave(own.group(), own.self()), Asker.TIMEOUT)
            .thenApply(answer -> answer instanceof Answer.Done))
        .orElseGet(() -> CompletableFuture.completedFuture(false));
  }
}
