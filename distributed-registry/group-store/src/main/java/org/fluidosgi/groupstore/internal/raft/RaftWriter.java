package org.fluidosgi.groupstore.internal.raft;

import io.microraft.RaftEndpoint;
import io.microraft.model.groupop.UpdateRaftGroupMembersOp;
import io.microraft.model.log.LogEntry;
import io.microraft.model.log.RaftGroupMembersView;
import io.microraft.model.log.SnapshotChunk;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.UUID;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.groupstore.internal.core.Write;
import org.jspecify.annotations.Nullable;

/** Writes the parts of which messages and the log consist; the byte tables are in protocol-group-store. Threads: one. */
final class RaftWriter {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final DataOutputStream to = new DataOutputStream(bytes);

  /** A step of writing to memory. */
  @FunctionalInterface
  private interface Step {
    void run() throws IOException;
  }

  private RaftWriter write(Step step) {
    try {
      step.run();
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory failed", e);
    }
  }

  byte[] bytes() {
    return bytes.toByteArray();
  }

  RaftWriter u8(int value) {
    return write(() -> to.writeByte(value));
  }

  RaftWriter flag(boolean value) {
    return u8(value ? 1 : 0);
  }

  RaftWriter i32(int value) {
    return write(() -> to.writeInt(value));
  }

  RaftWriter i64(long value) {
    return write(() -> to.writeLong(value));
  }

  RaftWriter id(UUID id) {
    return i64(id.getMostSignificantBits()).i64(id.getLeastSignificantBits());
  }

  RaftWriter node(NodeId node) {
    return id(node.uuid());
  }

  RaftWriter text(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    return write(() -> {
      to.writeShort(utf8.length);
      to.write(utf8);
    });
  }

  RaftWriter blob(byte[] content) {
    return i32(content.length).write(() -> to.write(content));
  }

  /** u8 0 = none, else 1 and the content. */
  RaftWriter value(byte @Nullable [] value) {
    return value == null ? u8(0) : u8(1).blob(value);
  }

  RaftWriter voter(RaftEndpoint endpoint) {
    Voter voter = (Voter) endpoint;
    return node(voter.node()).id(voter.log());
  }

  RaftWriter voters(Collection<RaftEndpoint> voters) {
    u8(voters.size());
    voters.forEach(this::voter);
    return this;
  }

  RaftWriter view(RaftGroupMembersView view) {
    return i64(view.getLogIndex()).voters(view.getMembers()).voters(view.getVotingMembers());
  }

  RaftWriter write(Write write) {
    return text(write.key()).i64(write.version()).value(write.value());
  }

  RaftWriter operation(Object operation) {
    if (operation instanceof Write write) {
      return u8(RaftReader.WRITE).write(write);
    }
    if (operation instanceof UpdateRaftGroupMembersOp change) {
      return u8(RaftReader.MEMBERS)
          .u8(change.getMode().ordinal())
          .voter(change.getEndpoint())
          .voters(change.getMembers())
          .voters(change.getVotingMembers());
    }
    if (operation instanceof NewTerm) {
      return u8(RaftReader.NEW_TERM);
    }
    throw new IllegalArgumentException("no operation of ours: " + operation);
  }

  RaftWriter entry(LogEntry entry) {
    return i64(entry.getIndex()).i32(entry.getTerm()).operation(entry.getOperation());
  }

  RaftWriter chunk(SnapshotChunk chunk) {
    return i64(chunk.getIndex())
        .i32(chunk.getTerm())
        .i32(chunk.getSnapshotChunkIndex())
        .i32(chunk.getSnapshotChunkCount())
        .view(chunk.getGroupMembersView())
        .blob((byte[]) chunk.getOperation());
  }
}
