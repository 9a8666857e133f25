package org.fluidosgi.groupstore.internal.raft;

import io.microraft.RaftEndpoint;
import io.microraft.model.groupop.UpdateRaftGroupMembersOp;
import io.microraft.model.impl.DefaultRaftModelFactory;
import io.microraft.model.log.LogEntry;
import io.microraft.model.log.RaftGroupMembersView;
import io.microraft.model.log.SnapshotChunk;
import io.microraft.model.persistence.RaftEndpointPersistentState;
import io.microraft.model.persistence.RaftTermPersistentState;
import io.microraft.persistence.RaftStore;
import io.microraft.persistence.RestoredRaftState;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.fluidosgi.groupstore.internal.core.Entries;
import org.fluidosgi.groupstore.internal.core.GroupLog;
import org.fluidosgi.groupstore.internal.core.Write;
import org.jspecify.annotations.Nullable;

/** What a voter must not forget, in one log file: its term and vote, the log entries, the last snapshot.
 * Invariant: what {@link #flush} returned for is on disk; a crash at any point leaves a prefix of what was written. Shape of a
 * record: u8 kind, content; protocol-group-store has the table. Threads: the owner thread.
 * Errors: IOException; then nothing written later counts and {@code onFailure} is told, once. */
final class RaftDisk implements RaftStore, AutoCloseable {
  /** The log of a voter. */
  static final GroupLog.Form FORM =
      new GroupLog.Form("raft.log", "FLUIDRF1", 2, RaftReader.CHUNK_BYTES_MAX + 8192);

  /** The log is rewritten when it is longer than this and twice as long as after the last time. */
  static final long COMPACT_BYTES_MIN = 4 * 1024 * 1024;

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

  private final GroupLog log;
  private final Runnable onFailure;
  private final ByteArrayOutputStream pending = new ByteArrayOutputStream();
  private final KeptLog kept = new KeptLog();
  private final long compactBytesMin;
  private @Nullable UUID group;
  private @Nullable Voter self;
  private boolean voting;
  private @Nullable RaftGroupMembersView initial;
  private int term;
  private @Nullable RaftEndpoint votedFor;
  private boolean left;
  private long decided;
  private long decidedOnFile;
  private boolean failed;
  private long compactFrom;

  private RaftDisk(
      Path folder, GroupLog.Form form, GroupLog.Disk disk, Runnable onFailure, long compactBytesMin)
      throws IOException {
    this.onFailure = onFailure;
    this.compactBytesMin = compactBytesMin;
    compactFrom = compactBytesMin;
    log = GroupLog.open(folder, form, disk, this::read);
  }

  /** Opens the log of that folder, or makes an empty one, which belongs to no group yet. */
  static RaftDisk open(Path folder, GroupLog.Disk disk, Runnable onFailure) throws IOException {
    return new RaftDisk(folder, FORM, disk, onFailure, COMPACT_BYTES_MIN);
  }

  static RaftDisk open(Path folder, GroupLog.Disk disk, Runnable onFailure, long compactBytesMin)
      throws IOException {
    return new RaftDisk(folder, FORM, disk, onFailure, compactBytesMin);
  }

  /** The entries of a group, as a log told them. */
  record Content(UUID group, Entries entries) {}

  /** What a log tells that was set aside in that file. */
  static Content content(Path file) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    Path name = file.getFileName();
    if (folder == null || name == null) {
      throw new IOException(file + " is no file");
    }
    GroupLog.Form form =
        new GroupLog.Form(name.toString(), FORM.magic(), FORM.bytesMin(), FORM.bytesMax());
    try (RaftDisk aside =
        new RaftDisk(folder, form, FileChannel::open, () -> {}, COMPACT_BYTES_MIN)) {
      UUID of = aside.group;
      return new Content(of == null ? new UUID(0, 0) : of, aside.content(false));
    }
  }

  /** The group whose log it is; empty when it is nobody's. */
  Optional<UUID> group() {
    return self == null ? Optional.empty() : Optional.ofNullable(group);
  }

  /** This node has taken itself out of the group: the log is history. */
  boolean isLeft() {
    return left;
  }

  /** Whether it can never be written again. */
  boolean isBroken() {
    return log.isBroken();
  }

  /** Makes it the log of that voter, at once or not at all. The snapshot, if there is one, is the state before all entries. */
  void begin(
      UUID of, Voter voter, Collection<RaftEndpoint> members, boolean votes, List<byte[]> snapshot)
      throws IOException {
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
    decidedOnFile = 0;
    kept.clear();
    pending.reset();
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
    rewrite();
  }

  private void read(byte[] content) {
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
            .setVoting(voting)
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

  @Override
  public void persistAndFlushLocalEndpoint(RaftEndpointPersistentState state) throws IOException {
    if (state.getLocalEndpoint().equals(self) && state.isVoting() == voting) {
      return;
    }
    self = (Voter) state.getLocalEndpoint();
    voting = state.isVoting();
    add(endpoint());
    flush();
  }

  @Override
  public void persistAndFlushInitialGroupMembers(RaftGroupMembersView members) throws IOException {
    RaftGroupMembersView known = initial;
    if (known != null
        && List.copyOf(known.getMembers()).equals(List.copyOf(members.getMembers()))) {
      return;
    }
    initial = members;
    add(new RaftWriter().u8(INITIAL_MEMBERS).view(members));
    flush();
  }

  @Override
  public void persistAndFlushTerm(RaftTermPersistentState state) throws IOException {
    term = state.getTerm();
    votedFor = state.getVotedFor();
    add(term());
    flush();
  }

  @Override
  public void persistLogEntries(List<LogEntry> added) {
    for (LogEntry entry : added) {
      kept.keep(entry);
      add(new RaftWriter().u8(ENTRY).entry(entry));
    }
  }

  @Override
  public void persistSnapshotChunk(SnapshotChunk chunk) {
    kept.keep(chunk);
    add(new RaftWriter().u8(CHUNK).chunk(chunk));
  }

  @Override
  public void truncateLogEntriesFrom(long index) {
    kept.forgetFrom(index);
    add(new RaftWriter().u8(TRUNCATE_FROM).i64(index));
  }

  @Override
  public void truncateLogEntriesUntil(long index) {
    kept.forgetUntil(index);
    add(new RaftWriter().u8(TRUNCATE_UNTIL).i64(index));
  }

  @Override
  public void deleteSnapshotChunks(long index, int count) {
    kept.forgetChunks(index);
    add(new RaftWriter().u8(DELETE_CHUNKS).i64(index));
  }

  /** Entries up to that place are decided; goes to disk with the next thing that does, for reads after a restart. */
  void decided(long index) {
    decided = index;
  }

  /** Notes that the group has taken this voter out. */
  void leave() throws IOException {
    left = true;
    add(new RaftWriter().u8(LEFT).u8(0));
    flush();
  }

  private RaftWriter endpoint() {
    Voter voter = self;
    if (voter == null) {
      throw new IllegalStateException("the log is nobody's yet");
    }
    return new RaftWriter().u8(ENDPOINT).voter(voter).flag(voting);
  }

  private RaftWriter term() {
    RaftWriter to = new RaftWriter().u8(TERM).i32(term).flag(votedFor != null);
    return votedFor == null ? to : to.voter(votedFor);
  }

  private void add(RaftWriter record) {
    pending.writeBytes(GroupLog.frame(record.bytes()));
  }

  @Override
  public void flush() throws IOException {
    if (failed) {
      throw new IOException("an earlier write failed");
    }
    if (pending.size() == 0) {
      return;
    }
    if (decided > decidedOnFile) {
      add(new RaftWriter().u8(DECIDED).i64(decided));
      decidedOnFile = decided;
    }
    try {
      log.append(pending.toByteArray());
      pending.reset();
    } catch (IOException e) {
      failed = true;
      onFailure.run();
      throw e;
    }
    if (log.length() > compactFrom) {
      compact();
    }
  }

  /** Rewriting is no part of a write: when it fails the longer log goes on, and is tried again when it has doubled. */
  private void compact() {
    try {
      rewrite();
    } catch (IOException e) {
      System.getLogger("org.fluidosgi.groupstore")
          .log(System.Logger.Level.WARNING, "the log of the group store cannot be compacted", e);
    }
    compactFrom = Math.max(compactBytesMin, 2 * log.length());
  }

  private void rewrite() throws IOException {
    UUID of = group;
    RaftGroupMembersView members = initial;
    if (of == null || members == null) {
      return;
    }
    List<RaftWriter> head = new ArrayList<>();
    head.add(new RaftWriter().u8(GROUP).id(of));
    head.add(endpoint());
    head.add(new RaftWriter().u8(INITIAL_MEMBERS).view(members));
    head.add(term());
    List<Object> body = new ArrayList<>();
    body.addAll(kept.pieces());
    body.addAll(kept.all());
    body.add(new RaftWriter().u8(DECIDED).i64(decided));
    if (left) {
      body.add(new RaftWriter().u8(LEFT).u8(0));
    }
    log.compact(() -> Stream.concat(head.stream(), body.stream().map(RaftDisk::record))
        .map(writer -> GroupLog.frame(writer.bytes()))
        .iterator());
  }

  private static RaftWriter record(Object each) {
    if (each instanceof SnapshotChunk chunk) {
      return new RaftWriter().u8(CHUNK).chunk(chunk);
    } else if (each instanceof LogEntry entry) {
      return new RaftWriter().u8(ENTRY).entry(entry);
    }
    return (RaftWriter) each;
  }

  @Override
  public void close() throws IOException {
    log.close();
  }
}
