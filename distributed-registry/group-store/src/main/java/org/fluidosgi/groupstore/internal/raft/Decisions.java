package org.fluidosgi.groupstore.internal.raft;

import java.util.concurrent.CompletableFuture;
import org.fluidosgi.groupstore.internal.core.Outcome;
import org.fluidosgi.groupstore.internal.core.Write;

/** Has a leader decide a write and says what came of it. */
final class Decisions {
  private Decisions() {}

  /** Shape: NotLeader means that nothing was done. */
  static CompletableFuture<Answer> decide(Replica leader, Write write) {
    Replica.Proposal proposal = leader.propose(write);
    if (proposal.refused()) {
      return CompletableFuture.completedFuture(new Answer.NotLeader());
    }
    return proposal
        .outcome()
        .handle((outcome, failure) -> failure == null
            ? answer(outcome)
            : new Answer.Unknown("the leader lost its lead before it was decided: " + failure));
  }

  private static Answer answer(Outcome outcome) {
    if (outcome instanceof Outcome.Written written) {
      return new Answer.Entry(written.now());
    } else if (outcome instanceof Outcome.Conflict conflict) {
      return new Answer.Conflict(conflict.found());
    }
    return outcome instanceof Outcome.Refused refused
        ? new Answer.Refused(refused.why())
        : new Answer.NotLeader();
  }
}
