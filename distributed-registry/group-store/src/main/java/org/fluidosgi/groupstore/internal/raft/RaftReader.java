package org.fluidosgi.groupstore.internal.raft;

import io.microraft.MembershipChangeMode;
import io.microraft.RaftEndpoint;
import io.microraft.model.RaftModelFactory;
import io.microraft.model.impl.DefaultRaftModelFactory;
import io.microraft.model.log.LogEntry;
import io.microraft.model.log.RaftGroupMembersView;
import io.microraft.model.log.SnapshotChunk;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.UUID;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.groupstore.internal.core.FileGroupStore;
import org.fluidosgi.groupstore.internal.core.Keys;
import org.fluidosgi.groupstore.internal.core.Write;
import org.jspecify.annotations.Nullable;

/** Reads what {@link RaftWriter} writes. Lengths are checked before anything is allocated; only these types can come out.
 * Errors: IllegalArgumentException saying what was wrong. Threads: one. */
final class RaftReader {
  static final int NEW_TERM = 0;
  static final int WRITE = 1;
  static final int MEMBERS = 2;

  /** Most members of a Raft group in a message or record. */
  static final int MEMBERS_MAX = 64;

  /** Most pieces of one snapshot. */
  static final int CHUNKS_MAX = 4096;

  /** Longest piece of a snapshot: a little more than the longest entry. */
  static final int CHUNK_BYTES_MAX = FileGroupStore.VALUE_BYTES_MAX + 8 * Keys.CHARS_MAX;

  private static final MembershipChangeMode[] MODES = MembershipChangeMode.values();

  private final RaftModelFactory models = new DefaultRaftModelFactory();
  private final ByteBuffer from;

  RaftReader(byte[] bytes) {
    from = ByteBuffer.wrap(bytes);
  }

  RaftModelFactory models() {
    return models;
  }

  private void need(int bytes, String what) {
    if (from.remaining() < bytes) {
      throw new IllegalArgumentException(
          what + " needs " + bytes + " bytes, " + from.remaining() + " are left");
    }
  }

  /** Nothing may be left. */
  void end() {
    if (from.hasRemaining()) {
      throw new IllegalArgumentException(from.remaining() + " bytes are left over");
    }
  }

  int u8() {
    need(1, "a byte");
    return from.get() & 0xff;
  }

  boolean flag() {
    int value = u8();
    if (value > 1) {
      throw new IllegalArgumentException("a flag of " + value);
    }
    return value == 1;
  }

  int i32() {
    need(4, "a number");
    return from.getInt();
  }

  /** A number that is not negative. */
  int count(int most, String what) {
    int value = i32();
    if (value < 0 || value > most) {
      throw new IllegalArgumentException(what + " of " + value + ", at most " + most);
    }
    return value;
  }

  int term() {
    return count(Integer.MAX_VALUE, "a term");
  }

  long i64() {
    need(8, "a long number");
    return from.getLong();
  }

  /** A place in the log, a version, or a counter: not negative. */
  long index() {
    long value = i64();
    if (value < 0) {
      throw new IllegalArgumentException("an index of " + value);
    }
    return value;
  }

  UUID id() {
    need(16, "an id");
    return new UUID(from.getLong(), from.getLong());
  }

  NodeId node() {
    return new NodeId(id());
  }

  String text(int charsMax) {
    need(2, "a text");
    int length = from.getShort() & 0xffff;
    if (length > 3 * charsMax) {
      throw new IllegalArgumentException("a text of " + length + " bytes");
    }
    need(length, "a text");
    byte[] utf8 = new byte[length];
    from.get(utf8);
    return new String(utf8, StandardCharsets.UTF_8);
  }

  byte[] blob(int bytesMax) {
    int length = count(bytesMax, "a content");
    need(length, "a content");
    byte[] content = new byte[length];
    from.get(content);
    return content;
  }

  byte @Nullable [] value() {
    return flag() ? blob(FileGroupStore.VALUE_BYTES_MAX) : null;
  }

  Voter voter() {
    return new Voter(node(), id());
  }

  Collection<RaftEndpoint> voters() {
    int count = u8();
    if (count > MEMBERS_MAX) {
      throw new IllegalArgumentException(count + " members, at most " + MEMBERS_MAX);
    }
    Collection<RaftEndpoint> voters = new LinkedHashSet<>();
    for (int i = 0; i < count; i++) {
      voters.add(voter());
    }
    return voters;
  }

  RaftGroupMembersView view() {
    return models
        .createRaftGroupMembersViewBuilder()
        .setLogIndex(index())
        .setMembers(voters())
        .setVotingMembers(voters())
        .build();
  }

  Write write() {
    String key = text(Keys.CHARS_MAX);
    if (!Keys.isOwn(key)) {
      Keys.check(key);
    }
    return new Write(key, index(), value());
  }

  private Object operation() {
    int kind = u8();
    return switch (kind) {
      case NEW_TERM -> new NewTerm();
      case WRITE -> write();
      case MEMBERS -> {
        int mode = u8();
        if (mode >= MODES.length) {
          throw new IllegalArgumentException("a change of members of kind " + mode);
        }
        yield models
            .createUpdateRaftGroupMembersOpBuilder()
            .setMode(MODES[mode])
            .setEndpoint(voter())
            .setMembers(voters())
            .setVotingMembers(voters())
            .build();
      }
      default -> throw new IllegalArgumentException("an operation of kind " + kind);
    };
  }

  LogEntry entry() {
    return models
        .createLogEntryBuilder()
        .setIndex(index())
        .setTerm(term())
        .setOperation(operation())
        .build();
  }

  SnapshotChunk chunk() {
    long index = index();
    int term = term();
    int number = count(CHUNKS_MAX - 1, "a piece's number");
    int count = count(CHUNKS_MAX, "a number of pieces");
    if (number >= count) {
      throw new IllegalArgumentException("piece " + number + " of " + count);
    }
    return models
        .createSnapshotChunkBuilder()
        .setIndex(index)
        .setTerm(term)
        .setSnapshotChunkIndex(number)
        .setSnapshotChunkCount(count)
        .setGroupMembersView(view())
        .setOperation(blob(CHUNK_BYTES_MAX))
        .build();
  }
}
