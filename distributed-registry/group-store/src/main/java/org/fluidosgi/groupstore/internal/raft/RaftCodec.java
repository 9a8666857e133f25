package org.fluidosgi.groupstore.internal.raft;

import io.microraft.model.RaftModelFactory;
import io.microraft.model.log.LogEntry;
import io.microraft.model.message.AppendEntriesFailureResponse;
import io.microraft.model.message.AppendEntriesRequest;
import io.microraft.model.message.AppendEntriesSuccessResponse;
import io.microraft.model.message.InstallSnapshotRequest;
import io.microraft.model.message.InstallSnapshotResponse;
import io.microraft.model.message.PreVoteRequest;
import io.microraft.model.message.PreVoteResponse;
import io.microraft.model.message.RaftMessage;
import io.microraft.model.message.TriggerLeaderElectionRequest;
import io.microraft.model.message.VoteRequest;
import io.microraft.model.message.VoteResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** The messages of MicroRaft as bytes. Shape: u8 kind, id of the group, sender, i32 term, then by kind; protocol-group-store has
 * the table. Errors: IllegalArgumentException for anything else. */
final class RaftCodec {
  /** Most log entries in one message. */
  static final int ENTRIES_MAX = 8;

  private static final int PRE_VOTE = 1;
  private static final int PRE_VOTE_ANSWER = 2;
  private static final int VOTE = 3;
  private static final int VOTE_ANSWER = 4;
  private static final int APPEND = 5;
  private static final int APPENDED = 6;
  private static final int NOT_APPENDED = 7;
  private static final int SNAPSHOT = 8;
  private static final int SNAPSHOT_ANSWER = 9;
  private static final int ELECT = 10;

  private RaftCodec() {}

  private static RaftWriter head(int kind, RaftMessage message) {
    return new RaftWriter()
        .u8(kind)
        .id((UUID) message.getGroupId())
        .voter(message.getSender())
        .i32(message.getTerm());
  }

  static byte[] encode(RaftMessage message) {
    return body(message).bytes();
  }

  private static RaftWriter body(RaftMessage message) {
    if (message instanceof PreVoteRequest m) {
      return head(PRE_VOTE, m).i32(m.getLastLogTerm()).i64(m.getLastLogIndex());
    } else if (message instanceof PreVoteResponse m) {
      return head(PRE_VOTE_ANSWER, m).flag(m.isGranted());
    } else if (message instanceof VoteRequest m) {
      return head(VOTE, m).i32(m.getLastLogTerm()).i64(m.getLastLogIndex()).flag(m.isSticky());
    } else if (message instanceof VoteResponse m) {
      return head(VOTE_ANSWER, m).flag(m.isGranted());
    } else if (message instanceof AppendEntriesRequest m) {
      return append(m);
    } else if (message instanceof AppendEntriesSuccessResponse m) {
      return head(APPENDED, m)
          .i64(m.getLastLogIndex())
          .i64(m.getQuerySequenceNumber())
          .i64(m.getFlowControlSequenceNumber());
    } else if (message instanceof AppendEntriesFailureResponse m) {
      return head(NOT_APPENDED, m)
          .i64(m.getExpectedNextIndex())
          .i64(m.getQuerySequenceNumber())
          .i64(m.getFlowControlSequenceNumber());
    } else if (message instanceof InstallSnapshotRequest m) {
      return snapshot(m);
    } else if (message instanceof InstallSnapshotResponse m) {
      return head(SNAPSHOT_ANSWER, m)
          .i64(m.getSnapshotIndex())
          .i32(m.getRequestedSnapshotChunkIndex())
          .i64(m.getQuerySequenceNumber())
          .i64(m.getFlowControlSequenceNumber());
    } else if (message instanceof TriggerLeaderElectionRequest m) {
      return head(ELECT, m).i32(m.getLastLogTerm()).i64(m.getLastLogIndex());
    }
    throw new IllegalArgumentException("no message of Raft: " + message);
  }

  private static RaftWriter append(AppendEntriesRequest m) {
    RaftWriter to = head(APPEND, m)
        .i32(m.getPreviousLogTerm())
        .i64(m.getPreviousLogIndex())
        .i64(m.getCommitIndex())
        .i64(m.getQuerySequenceNumber())
        .i64(m.getFlowControlSequenceNumber())
        .u8(m.getLogEntries().size());
    m.getLogEntries().forEach(to::entry);
    return to;
  }

  private static RaftWriter snapshot(InstallSnapshotRequest m) {
    RaftWriter to = head(SNAPSHOT, m)
        .flag(m.isSenderLeader())
        .i32(m.getSnapshotTerm())
        .i64(m.getSnapshotIndex())
        .i32(m.getTotalSnapshotChunkCount())
        .voters(m.getSnapshottedMembers())
        .view(m.getGroupMembersView())
        .i64(m.getQuerySequenceNumber())
        .i64(m.getFlowControlSequenceNumber())
        .flag(m.getSnapshotChunk() != null);
    return m.getSnapshotChunk() == null ? to : to.chunk(m.getSnapshotChunk());
  }

  static RaftMessage decode(byte[] bytes) {
    RaftReader from = new RaftReader(bytes);
    RaftMessage message = body(from);
    from.end();
    return message;
  }

  private static RaftMessage body(RaftReader from) {
    int kind = from.u8();
    UUID group = from.id();
    Voter sender = from.voter();
    int term = from.term();
    RaftModelFactory models = from.models();
    return switch (kind) {
      case PRE_VOTE ->
        models
            .createPreVoteRequestBuilder()
            .setGroupId(group)
            .setSender(sender)
            .setTerm(term)
            .setLastLogTerm(from.term())
            .setLastLogIndex(from.index())
            .build();
      case PRE_VOTE_ANSWER ->
        models
            .createPreVoteResponseBuilder()
            .setGroupId(group)
            .setSender(sender)
            .setTerm(term)
            .setGranted(from.flag())
            .build();
      case VOTE ->
        models
            .createVoteRequestBuilder()
            .setGroupId(group)
            .setSender(sender)
            .setTerm(term)
            .setLastLogTerm(from.term())
            .setLastLogIndex(from.index())
            .setSticky(from.flag())
            .build();
      case VOTE_ANSWER ->
        models
            .createVoteResponseBuilder()
            .setGroupId(group)
            .setSender(sender)
            .setTerm(term)
            .setGranted(from.flag())
            .build();
      case APPEND ->
        models
            .createAppendEntriesRequestBuilder()
            .setGroupId(group)
            .setSender(sender)
            .setTerm(term)
            .setPreviousLogTerm(from.term())
            .setPreviousLogIndex(from.index())
            .setCommitIndex(from.index())
            .setQuerySequenceNumber(from.index())
            .setFlowControlSequenceNumber(from.index())
            .setLogEntries(entries(from))
            .build();
      case APPENDED ->
        models
            .createAppendEntriesSuccessResponseBuilder()
            .setGroupId(group)
            .setSender(sender)
            .setTerm(term)
            .setLastLogIndex(from.index())
            .setQuerySequenceNumber(from.index())
            .setFlowControlSequenceNumber(from.index())
            .build();
      case NOT_APPENDED ->
        models
            .createAppendEntriesFailureResponseBuilder()
            .setGroupId(group)
            .setSender(sender)
            .setTerm(term)
            .setExpectedNextIndex(from.index())
            .setQuerySequenceNumber(from.index())
            .setFlowControlSequenceNumber(from.index())
            .build();
      case SNAPSHOT ->
        models
            .createInstallSnapshotRequestBuilder()
            .setGroupId(group)
            .setSender(sender)
            .setTerm(term)
            .setSenderLeader(from.flag())
            .setSnapshotTerm(from.term())
            .setSnapshotIndex(from.index())
            .setTotalSnapshotChunkCount(from.count(RaftReader.CHUNKS_MAX, "a number of pieces"))
            .setSnapshottedMembers(from.voters())
            .setGroupMembersView(from.view())
            .setQuerySequenceNumber(from.index())
            .setFlowControlSequenceNumber(from.index())
            .setSnapshotChunk(from.flag() ? from.chunk() : null)
            .build();
      case SNAPSHOT_ANSWER ->
        models
            .createInstallSnapshotResponseBuilder()
            .setGroupId(group)
            .setSender(sender)
            .setTerm(term)
            .setSnapshotIndex(from.index())
            .setRequestedSnapshotChunkIndex(from.count(RaftReader.CHUNKS_MAX, "a piece's number"))
            .setQuerySequenceNumber(from.index())
            .setFlowControlSequenceNumber(from.index())
            .build();
      case ELECT ->
        models
            .createTriggerLeaderElectionRequestBuilder()
            .setGroupId(group)
            .setSender(sender)
            .setTerm(term)
            .setLastLogTerm(from.term())
            .setLastLogIndex(from.index())
            .build();
      default -> throw new IllegalArgumentException("a message of kind " + kind);
    };
  }

  private static List<LogEntry> entries(RaftReader from) {
    int count = from.u8();
    if (count > ENTRIES_MAX) {
      throw new IllegalArgumentException(count + " log entries, at most " + ENTRIES_MAX);
    }
    List<LogEntry> entries = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      entries.add(from.entry());
    }
    return entries;
  }
}
