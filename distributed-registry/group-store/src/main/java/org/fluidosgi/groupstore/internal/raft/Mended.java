package org.fluidosgi.groupstore.internal.raft;

import io.microraft.RaftNodeStatus;
import io.microraft.exception.RaftException;
import io.microraft.impl.RaftNodeImpl;
import io.microraft.impl.log.RaftLog;
import io.microraft.impl.state.RaftState;
import io.microraft.model.groupop.UpdateRaftGroupMembersOp;
import io.microraft.model.impl.DefaultRaftModelFactory;
import io.microraft.model.log.LogEntry;
import io.microraft.model.message.AppendEntriesFailureResponse;
import io.microraft.model.message.AppendEntriesRequest;
import io.microraft.model.message.AppendEntriesSuccessResponse;
import io.microraft.model.message.InstallSnapshotRequest;
import io.microraft.model.message.InstallSnapshotResponse;
import io.microraft.model.message.PreVoteResponse;
import io.microraft.model.message.RaftMessage;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What MicroRaft 0.7 gets wrong when messages are lost or come late, and the simulation found, put right from outside.
 * Threads: the owner thread. */
final class Mended {
  private static final Logger LOG = System.getLogger("org.fluidosgi.groupstore");

  private Mended() {}

  /** Whether it answers what this voter asked when it led an earlier term: MicroRaft would count it for this one, though the follower may hold other
   * entries at those places, and take what no majority has for decided. */
  static boolean isOutdated(RaftNodeImpl raft, RaftMessage message) {
    return (message instanceof AppendEntriesSuccessResponse
            || message instanceof AppendEntriesFailureResponse
            || message instanceof InstallSnapshotResponse)
        && message.getTerm() < raft.state().term();
  }

  /** The message as MicroRaft can take it. */
  static RaftMessage message(RaftNodeImpl raft, RaftMessage message) {
    return message instanceof AppendEntriesRequest append
        ? withoutStepBack(raft.state(), withoutGap(raft.state(), append))
        : message;
  }

  /** A late repetition of an append may tell of more decided entries than it reaches; MicroRaft would then forget that some are
   * decided. */
  private static AppendEntriesRequest withoutStepBack(
      RaftState state, AppendEntriesRequest append) {
    long decided = state.commitIndex();
    long reached = append.getPreviousLogIndex() + append.getLogEntries().size();
    return append.getCommitIndex() <= decided || reached >= decided
        ? append
        : copy(
            append,
            append.getPreviousLogIndex(),
            append.getPreviousLogTerm(),
            append.getLogEntries(),
            decided);
  }

  /** Who asks for pre-votes and hears of a higher term has to go on from there: MicroRaft asks for its old term for ever, and where the one of
   * the higher term has the shorter log, neither is ever elected. */
  static void term(RaftNodeImpl raft, RaftMessage message) {
    RaftState state = raft.state();
    if (message instanceof PreVoteResponse response
        && !response.isGranted()
        && response.getTerm() > state.term() + 1 // else it is the one that was asked for
        && state.preCandidateState() != null) {
      try {
        raft.toFollower(response.getTerm());
      } catch (RaftException e) {
        LOG.log(
            Level.DEBUG,
            "the higher term could not be kept",
            e); // the disk's trouble is told by itself
      }
    }
  }

  /** Whether this log has the entry that an append builds on in its snapshot only, with entries behind that: MicroRaft would refuse it, and the
   * leader, who knows better, would send it for ever. Happens when the answer to the first append after a snapshot was lost, and
   * when entries behind a snapshot were decided by nobody. */
  private static boolean isGap(RaftState state, AppendEntriesRequest append) {
    RaftLog log = state.log();
    long previous = append.getPreviousLogIndex();
    return append.getTerm() >= state.term()
        && previous > 0
        && previous <= log.snapshotIndex()
        && previous < log.lastLogOrSnapshotIndex()
        && !log.containsLogEntry(previous);
  }

  /** The answer that such an append deserves besides: the log agrees up to its snapshot, all of which was decided. */
  static Optional<RaftMessage> answer(RaftNodeImpl raft, RaftMessage message) {
    return message instanceof AppendEntriesRequest append && isGap(raft.state(), append)
        ? Optional.of(new DefaultRaftModelFactory()
            .createAppendEntriesSuccessResponseBuilder()
            .setGroupId(append.getGroupId())
            .setSender(raft.getLocalEndpoint())
            .setTerm(append.getTerm())
            .setLastLogIndex(raft.state().log().snapshotIndex())
            .setQuerySequenceNumber(append.getQuerySequenceNumber())
            .setFlowControlSequenceNumber(append.getFlowControlSequenceNumber())
            .build())
        : Optional.empty();
  }

  /** The append without what is in the snapshot, and without what this log has already. */
  private static AppendEntriesRequest withoutGap(RaftState state, AppendEntriesRequest append) {
    if (!isGap(state, append)) {
      return append;
    }
    RaftLog log = state.log();
    List<LogEntry> left = append.getLogEntries();
    @Nullable LogEntry same = null;
    while (!left.isEmpty()
        && (left.get(0).getIndex() <= log.snapshotIndex() || has(log, left.get(0)))) {
      same = left.get(0).getIndex() <= log.snapshotIndex() ? null : left.get(0);
      left = left.subList(1, left.size());
    }
    return same == null
        ? copy(append, 0, 0, left, append.getCommitIndex())
        : copy(append, same.getIndex(), same.getTerm(), left, append.getCommitIndex());
  }

  private static boolean has(RaftLog log, LogEntry entry) {
    return log.containsLogEntry(entry.getIndex())
        && log.getLogEntry(entry.getIndex()).getTerm() == entry.getTerm();
  }

  private static AppendEntriesRequest copy(
      AppendEntriesRequest of,
      long previous,
      int previousTerm,
      List<LogEntry> entries,
      long decided) {
    return new DefaultRaftModelFactory()
        .createAppendEntriesRequestBuilder()
        .setGroupId(of.getGroupId())
        .setSender(of.getSender())
        .setTerm(of.getTerm())
        .setPreviousLogTerm(previousTerm)
        .setPreviousLogIndex(previous)
        .setCommitIndex(decided)
        .setLogEntries(entries)
        .setQuerySequenceNumber(of.getQuerySequenceNumber())
        .setFlowControlSequenceNumber(of.getFlowControlSequenceNumber())
        .build();
  }

  /** A snapshot may come in while this log holds a change of the members, before or behind its end, that nobody has decided: MicroRaft
   * takes it for impossible, stops in the middle where assertions are on, and forgets a change that stays in the log where they are off. To be
   * called when the snapshot's entries are taken over, before its members are. */
  static void beforeMembers(RaftNodeImpl raft) {
    RaftState state = raft.state();
    if (state.effectiveGroupMembers() != state.committedGroupMembers()) {
      raft.revertGroupMembers();
    }
  }

  /** A change of the members that stays in the log behind a snapshot is in force. To be called when a snapshot may have come in. */
  static void membersBehind(RaftNodeImpl raft, RaftMessage message) {
    RaftState state = raft.state();
    if (!(message instanceof InstallSnapshotRequest)
        || raft.getStatus() == RaftNodeStatus.TERMINATED
        || state.effectiveGroupMembers() != state.committedGroupMembers()) {
      return;
    }
    RaftLog log = state.log();
    for (long i = state.commitIndex() + 1; i <= log.lastLogOrSnapshotIndex(); i++) {
      if (log.containsLogEntry(i)
          && log.getLogEntry(i).getOperation() instanceof UpdateRaftGroupMembersOp change) {
        raft.setStatus(RaftNodeStatus.UPDATING_RAFT_GROUP_MEMBER_LIST);
        raft.updateGroupMembers(i, change.getMembers(), change.getVotingMembers());
        return;
      }
    }
  }

  /** A pre-vote that ends because a leader of its own term turns up is never over for MicroRaft: when that leader falls silent, this
   * voter would not elect any more. To be called now and then. */
  static void elections(RaftNodeImpl raft) {
    RaftState state = raft.state();
    if (state.preCandidateState() != null
        && state.leader() != null
        && state.leaderState() == null
        && raft.isLeaderHeartbeatTimeoutElapsed()) {
      raft.leader(null);
      raft.runPreVote();
    }
  }
}
