package org.fluidosgi.groupstore.internal.raft;

import io.microraft.RaftEndpoint;
import io.microraft.model.groupop.UpdateRaftGroupMembersOp;
import io.microraft.model.impl.DefaultRaftModelFactory;
import io.microraft.model.log.LogEntry;
import io.microraft.model.log.RaftGroupMembersView;
import io.microraft.model.log.SnapshotChunk;
import io.microraft.model.persistence.RaftTermPersistentState;
import io.microraft.persistence.RestoredRaftState;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.fluidosgi.groupstore.internal.core.Entries;
import org.fluidosgi.groupstore.internal.core.Write;
import org.jspecify.annotations.Nullable;

/** What the log of a voter tells: whose it is, its term and vote, log entries, the last snapshot; and the records of that.
 * Shape of a record: u8 kind, content; protocol-group-store has the table. Threads: the owner thread. */
final class KeptVoter {
  private static final int GROUP = 0;
  private static final int ENDPOINT = 1;
  private static final int INITIAL_MEMBERS = 2;
  private static final int TERM = 3;
  private static final int ENTRY = 4;
  private static final int TRUNCATE_FROM = 5;
  private static final int TRUNCATE_UNTIL = 6;
  private static final int CHUNK = 7;
  private static final int DELETE_CHUNKS = 8;
  private static final int LEFT = 9;
  private static final int DECIDED = 10;

  private final KeptLog kept = new KeptLog();
  private @Nullable UUID group;
  private @Nullable Voter self;
  private boolean voting;
  private @Nullable RaftGroupMembersView initial;
  private int term;
  private @Nullable RaftEndpoint votedFor;
  private boolean left;
  private long decided;

  /** The group whose log it is; empty when it is nobody's. */
  Optional<UUID> group() {
    return self == null ? Optional.empty() : Optional.ofNullable(group);
  }

  KeptLog log() {
    return kept;
  }

  boolean isLeft() {
    return left;
  }

  long decided() {
    return decided;
  }

  /** It is the log of that voter from now on. The snapshot, if there is one, is the state before all entries. */
  void begin(
      UUID of,
      Voter voter,
      Collection<RaftEndpoint> members,
      boolean votes,
      List<byte[]> snapshot) {
    DefaultRaftModelFactory models = new DefaultRaftModelFactory();
    RaftGroupMembersView first = models
        .createRaftGroupMembersViewBuilder()
        .setLogIndex(0)
        .setMembers(members)
        .setVotingMembers(members)
        .build();
    group = of;
    self = voter;
    voting = votes;
    initial = first;
    term = 0;
    votedFor = null;
    left = false;
    decided = 0;
    kept.clear();
    for (int i = 0; i < snapshot.size(); i++) {
      kept.keep(models
          .createSnapshotChunkBuilder()
          .setIndex(1)
          .setTerm(1)
          .setSnapshotChunkIndex(i)
          .setSnapshotChunkCount(snapshot.size())
          .setGroupMembersView(first)
          .setOperation(snapshot.get(i))
          .build());
    }
    if (!snapshot.isEmpty()) {
      term = 1;
    }
  }

  void read(byte[] content) {
    RaftReader from = new RaftReader(content);
    switch (from.u8()) {
      case GROUP -> group = from.id();
      case ENDPOINT -> {
        self = from.voter();
        voting = from.flag();
      }
      case INITIAL_MEMBERS -> initial = from.view();
      case TERM -> {
        term = from.term();
        votedFor = from.flag() ? from.voter() : null;
      }
      case ENTRY -> kept.keep(from.entry());
      case TRUNCATE_FROM -> kept.forgetFrom(from.index());
      case TRUNCATE_UNTIL -> kept.forgetUntil(from.index());
      case CHUNK -> kept.keep(from.chunk());
      case DELETE_CHUNKS -> kept.forgetChunks(from.index());
      case LEFT -> left = from.u8() == 0;
      case DECIDED -> decided = from.index();
      default -> throw new IllegalArgumentException("a record of kind " + (content[0] & 0xff));
    }
    from.end();
  }

  /** Whether the log says that its voter was once a member. */
  boolean wasMember() {
    Voter voter = self;
    RaftGroupMembersView members = initial;
    if (voter == null || members == null) {
      return false;
    }
    return members.getMembers().contains(voter)
        || kept.snapshot().stream()
            .anyMatch(each -> each.getGroupMembersView().getMembers().contains(voter))
        || kept.all().stream()
            .anyMatch(entry -> entry.getOperation() instanceof UpdateRaftGroupMembersOp change
                && change.getMembers().contains(voter));
  }

  /** Whether the group had more members than the one that began it. */
  boolean hadOthers() {
    RaftGroupMembersView members = initial;
    return members != null && members.getMembers().size() > 1
        || self != null && members != null && !members.getMembers().contains(self)
        || kept.snapshot().stream().anyMatch(each -> each.getGroupMembersView().getLogIndex() > 0)
        || kept.all().stream()
            .anyMatch(entry -> entry.getOperation() instanceof UpdateRaftGroupMembersOp);
  }

  /** The entries of the store as this log alone tells them: all, or only those known to be decided. */
  Entries content(boolean decidedOnly) {
    Entries content = new Entries();
    List<SnapshotChunk> last = kept.snapshot();
    if (!last.isEmpty()) {
      content.install(last.stream().map(chunk -> (byte[]) chunk.getOperation()).toList());
    }
    for (LogEntry entry : kept.after()) {
      if (entry.getOperation() instanceof Write write
          && (!decidedOnly || entry.getIndex() <= decided)) {
        content.apply(write);
      }
    }
    return content;
  }

  /** What MicroRaft starts from; empty for an empty log. Errors: IOException when the log begins in the middle. */
  Optional<RestoredRaftState> restored() throws IOException {
    Voter voter = self;
    RaftGroupMembersView members = initial;
    if (group == null || voter == null || members == null) {
      return Optional.empty();
    }
    DefaultRaftModelFactory models = new DefaultRaftModelFactory();
    List<SnapshotChunk> snapshot = kept.snapshot();
    List<LogEntry> after = new ArrayList<>(kept.after());
    // A promotion that the snapshot tells of may not have been noted: MicroRaft cannot note it
    // here.
    boolean votes = voting
        || !snapshot.isEmpty()
            && snapshot.get(0).getGroupMembersView().getVotingMembers().contains(voter);
    long expected = kept.snapshotIndex() + 1;
    for (LogEntry entry : after) {
      if (entry.getIndex() != expected++) {
        throw new IOException("the log of the group store lacks entry " + (expected - 1)
            + ": move the folder group-store away, the node gets the entries from the others");
      }
    }
    return Optional.of(new RestoredRaftState(
        models
            .createRaftEndpointPersistentStateBuilder()
            .setLocalEndpoint(voter)
            .setVoting(votes)
            .build(),
        members,
        models
            .createRaftTermPersistentStateBuilder()
            .setTerm(term)
            .setVotedFor(votedFor)
            .build(),
        snapshot.isEmpty()
            ? null
            : models
                .createSnapshotEntryBuilder()
                .setIndex(snapshot.get(0).getIndex())
                .setTerm(snapshot.get(0).getTerm())
                .setSnapshotChunks(snapshot)
                .setGroupMembersView(snapshot.get(0).getGroupMembersView())
                .build(),
        after));
  }

  /** Whether that differs from what is known; it is known then. */
  boolean is(Voter voter, boolean votes) {
    boolean same = voter.equals(self) && votes == voting;
    self = voter;
    voting = votes;
    return !same;
  }

  /** Whether these differ from the initial members that are known; they are known then. */
  boolean startsWith(RaftGroupMembersView members) {
    RaftGroupMembersView known = initial;
    if (known != null
        && List.copyOf(known.getMembers()).equals(List.copyOf(members.getMembers()))) {
      return false;
    }
    initial = members;
    return true;
  }

  void turn(RaftTermPersistentState state) {
    term = state.getTerm();
    votedFor = state.getVotedFor();
  }

  void decided(long index) {
    decided = index;
  }

  void leave() {
    left = true;
  }

  RaftWriter endpoint() {
    Voter voter = self;
    if (voter == null) {
      throw new IllegalStateException("the log is nobody's yet");
    }
    return new RaftWriter().u8(ENDPOINT).voter(voter).flag(voting);
  }

  RaftWriter term() {
    RaftWriter to = new RaftWriter().u8(TERM).i32(term).flag(votedFor != null);
    return votedFor == null ? to : to.voter(votedFor);
  }

  static RaftWriter initial(RaftGroupMembersView members) {
    return new RaftWriter().u8(INITIAL_MEMBERS).view(members);
  }

  static RaftWriter entry(LogEntry entry) {
    return new RaftWriter().u8(ENTRY).entry(entry);
  }

  static RaftWriter chunk(SnapshotChunk chunk) {
    return new RaftWriter().u8(CHUNK).chunk(chunk);
  }

  static RaftWriter voidFrom(long index) {
    return new RaftWriter().u8(TRUNCATE_FROM).i64(index);
  }

  static RaftWriter voidUntil(long index) {
    return new RaftWriter().u8(TRUNCATE_UNTIL).i64(index);
  }

  static RaftWriter noChunks(long index) {
    return new RaftWriter().u8(DELETE_CHUNKS).i64(index);
  }

  static RaftWriter left() {
    return new RaftWriter().u8(LEFT).u8(0);
  }

  RaftWriter decidedRecord() {
    return new RaftWriter().u8(DECIDED).i64(decided);
  }

  /** The records of a log that tells the same; empty when it is nobody's. */
  Optional<Stream<RaftWriter>> records() {
    UUID of = group;
    RaftGroupMembersView members = initial;
    if (of == null || members == null) {
      return Optional.empty();
    }
    List<RaftWriter> head =
        List.of(new RaftWriter().u8(GROUP).id(of), endpoint(), initial(members), term());
    List<Object> body = new ArrayList<>();
    body.addAll(kept.pieces());
    body.addAll(kept.all());
    body.add(decidedRecord());
    if (left) {
      body.add(left());
    }
    return Optional.of(Stream.concat(head.stream(), body.stream().map(KeptVoter::record)));
  }

  private static RaftWriter record(Object each) {
    if (each instanceof SnapshotChunk chunk) {
      return chunk(chunk);
    } else if (each instanceof LogEntry entry) {
      return entry(entry);
    }
    return (RaftWriter) each;
  }
}
