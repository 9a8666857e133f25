package org.fluidosgi.groupstore.internal.raft;

import io.microraft.RaftEndpoint;
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
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.fluidosgi.groupstore.internal.core.Entries;
import org.fluidosgi.groupstore.internal.core.GroupLog;
import org.fluidosgi.groupstore.internal.core.Keys;
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

  private final GroupLog log;
  private final Runnable onFailure;
  private final KeptVoter voter = new KeptVoter();
  private final ByteArrayOutputStream pending = new ByteArrayOutputStream();
  private final long compactBytesMin;
  private long decidedOnFile;
  private @Nullable IOException failed;
  private long compactFrom;

  private RaftDisk(
      Path folder, GroupLog.Form form, GroupLog.Disk disk, Runnable onFailure, long compactBytesMin)
      throws IOException {
    this.onFailure = onFailure;
    this.compactBytesMin = compactBytesMin;
    compactFrom = compactBytesMin;
    log = GroupLog.open(folder, form, disk, voter::read);
  }

  /** Opens the log of that folder, or makes an empty one, which belongs to no group yet. */
  static RaftDisk open(Path folder, GroupLog.Disk disk, Runnable onFailure) throws IOException {
    return new RaftDisk(folder, FORM, disk, onFailure, COMPACT_BYTES_MIN);
  }

  static RaftDisk open(Path folder, GroupLog.Disk disk, Runnable onFailure, long compactBytesMin)
      throws IOException {
    return new RaftDisk(folder, FORM, disk, onFailure, compactBytesMin);
  }

  /** The entries of a group that a log knew to be decided, and whether the group had several members. */
  record Content(UUID group, Entries entries, boolean hadOthers) {
    /** The groups that were given up for another with this one, as far as anybody may still come and ask. */
    Set<UUID> joined() {
      if (entries.get(Keys.JOINED_INTO).version() == 0) {
        return Set.of();
      }
      Set<UUID> joined = entries.joined();
      if (hadOthers) {
        joined.add(group);
      }
      return joined;
    }
  }

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
      return new Content(
          aside.group().orElse(Search.NOBODYS), aside.content(true), aside.voter.hadOthers());
    }
  }

  /** The group whose log it is; empty when it is nobody's. */
  Optional<UUID> group() {
    return voter.group();
  }

  /** This node has taken itself out of the group: the log is history. */
  boolean isLeft() {
    return voter.isLeft();
  }

  /** Why it cannot be written, naming the file and what to do; empty while it can. */
  Optional<String> trouble() {
    return Optional.ofNullable(failed).map(failure -> String.valueOf(failure.getMessage()));
  }

  /** Whether it can never be written again. */
  boolean isBroken() {
    return log.isBroken();
  }

  /** Makes it the log of that voter, at once or not at all. The snapshot, if there is one, is the state before all entries. */
  void begin(
      UUID of, Voter self, Collection<RaftEndpoint> members, boolean votes, List<byte[]> snapshot)
      throws IOException {
    voter.begin(of, self, members, votes, snapshot);
    decidedOnFile = 0;
    pending.reset();
    rewrite();
  }

  /** Whether the log says that its voter was once a member. */
  boolean wasMember() {
    return voter.wasMember();
  }

  /** The entries of the store as this log alone tells them: all, or only those known to be decided. */
  Entries content(boolean decidedOnly) {
    return voter.content(decidedOnly);
  }

  /** What MicroRaft starts from; empty for an empty log. Errors: IOException when the log begins in the middle. */
  Optional<RestoredRaftState> restored() throws IOException {
    return voter.restored();
  }

  @Override
  public void persistAndFlushLocalEndpoint(RaftEndpointPersistentState state) throws IOException {
    if (voter.is((Voter) state.getLocalEndpoint(), state.isVoting())) {
      add(voter.endpoint());
      flush();
    }
  }

  @Override
  public void persistAndFlushInitialGroupMembers(RaftGroupMembersView members) throws IOException {
    if (voter.startsWith(members)) {
      add(KeptVoter.initial(members));
      flush();
    }
  }

  @Override
  public void persistAndFlushTerm(RaftTermPersistentState state) throws IOException {
    voter.turn(state);
    add(voter.term());
    flush();
  }

  @Override
  public void persistLogEntries(List<LogEntry> added) {
    for (LogEntry entry : added) {
      voter.log().keep(entry);
      add(KeptVoter.entry(entry));
    }
  }

  @Override
  public void persistSnapshotChunk(SnapshotChunk chunk) {
    voter.log().keep(chunk);
    add(KeptVoter.chunk(chunk));
  }

  @Override
  public void truncateLogEntriesFrom(long index) {
    voter.log().forgetFrom(index);
    add(KeptVoter.voidFrom(index));
  }

  @Override
  public void truncateLogEntriesUntil(long index) {
    voter.log().forgetUntil(index);
    add(KeptVoter.voidUntil(index));
  }

  @Override
  public void deleteSnapshotChunks(long index, int count) {
    voter.log().forgetChunks(index);
    add(KeptVoter.noChunks(index));
  }

  /** Entries up to that place are decided; goes to disk with the next thing that does, for reads after a restart. */
  void decided(long index) {
    voter.decided(index);
  }

  /** What is known to be decided goes to disk now: nothing else may follow. */
  void settle() throws IOException {
    noteDecided();
    flush();
  }

  private void noteDecided() {
    if (voter.decided() > decidedOnFile) {
      add(voter.decidedRecord());
      decidedOnFile = voter.decided();
    }
  }

  /** Notes that the group has taken this voter out. */
  void leave() throws IOException {
    voter.leave();
    add(KeptVoter.left());
    flush();
  }

  private void add(RaftWriter record) {
    pending.writeBytes(GroupLog.frame(record.bytes()));
  }

  @Override
  public void flush() throws IOException {
    if (failed != null) {
      throw new IOException("an earlier write failed", failed);
    }
    if (pending.size() == 0) {
      return;
    }
    noteDecided();
    try {
      log.append(pending.toByteArray());
      pending.reset();
    } catch (IOException e) {
      failed = e;
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
          .log(
              System.Logger.Level.WARNING,
              "the log of the group store cannot be compacted: " + e.getMessage(),
              e);
    }
    compactFrom = Math.max(compactBytesMin, 2 * log.length());
  }

  private void rewrite() throws IOException {
    Optional<Stream<RaftWriter>> all = voter.records();
    if (all.isPresent()) {
      log.compact(all.get().map(record -> GroupLog.frame(record.bytes()))::iterator);
    }
  }

  /** Log entries in memory. */
  int entries() {
    return voter.log().all().size();
  }

  /** Pieces of snapshots in memory. */
  int pieces() {
    return voter.log().pieces().size();
  }

  /** Bytes of the file. */
  long length() {
    return log.length();
  }

  @Override
  public void close() throws IOException {
    log.close();
  }
}
