package org.fluidosgi.groupstore.internal.raft;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.microraft.MembershipChangeMode;
import io.microraft.RaftEndpoint;
import io.microraft.model.impl.DefaultRaftModelFactory;
import io.microraft.model.log.RaftGroupMembersView;
import io.microraft.model.message.RaftMessage;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.groupstore.Versioned;
import org.fluidosgi.groupstore.internal.core.Entries;
import org.fluidosgi.groupstore.internal.core.LogEntry;
import org.fluidosgi.groupstore.internal.core.Write;
import org.junit.jupiter.api.Test;

/** Every message in golden bytes; and bytes that are none. */
class RaftCodecTest {
  private static final UUID GROUP = new UUID(1, 2);
  private static final Voter A = new Voter(new NodeId(new UUID(0, 0xa)), new UUID(0, 1));
  private static final Voter B = new Voter(new NodeId(new UUID(0, 0xb)), new UUID(0, 2));
  private static final List<RaftEndpoint> BOTH = List.of(A, B);
  private final DefaultRaftModelFactory models = new DefaultRaftModelFactory();

  private RaftGroupMembersView view() {
    return models
        .createRaftGroupMembersViewBuilder()
        .setLogIndex(3)
        .setMembers(BOTH)
        .setVotingMembers(List.of(A))
        .build();
  }

  private Map<String, RaftMessage> messages() {
    Map<String, RaftMessage> all = new LinkedHashMap<>();
    all.put(
        "pre-vote",
        models
            .createPreVoteRequestBuilder()
            .setGroupId(GROUP)
            .setSender(A)
            .setTerm(5)
            .setLastLogTerm(4)
            .setLastLogIndex(9)
            .build());
    all.put(
        "pre-vote-answer",
        models
            .createPreVoteResponseBuilder()
            .setGroupId(GROUP)
            .setSender(A)
            .setTerm(5)
            .setGranted(true)
            .build());
    all.put(
        "vote",
        models
            .createVoteRequestBuilder()
            .setGroupId(GROUP)
            .setSender(A)
            .setTerm(5)
            .setLastLogTerm(4)
            .setLastLogIndex(9)
            .setSticky(true)
            .build());
    all.put(
        "vote-answer",
        models
            .createVoteResponseBuilder()
            .setGroupId(GROUP)
            .setSender(A)
            .setTerm(5)
            .setGranted(false)
            .build());
    all.put(
        "append",
        models
            .createAppendEntriesRequestBuilder()
            .setGroupId(GROUP)
            .setSender(A)
            .setTerm(5)
            .setPreviousLogTerm(4)
            .setPreviousLogIndex(9)
            .setCommitIndex(8)
            .setQuerySequenceNumber(7)
            .setFlowControlSequenceNumber(6)
            .setLogEntries(List.of(
                entry(10, new NewTerm()),
                entry(11, new Write("a/b", 3, new byte[] {1, 2})),
                entry(12, new Write("gone", 4, null)),
                entry(
                    13,
                    models
                        .createUpdateRaftGroupMembersOpBuilder()
                        .setMode(MembershipChangeMode.ADD_LEARNER)
                        .setEndpoint(B)
                        .setMembers(BOTH)
                        .setVotingMembers(List.of(A))
                        .build())))
            .build());
    all.put(
        "appended",
        models
            .createAppendEntriesSuccessResponseBuilder()
            .setGroupId(GROUP)
            .setSender(A)
            .setTerm(5)
            .setLastLogIndex(13)
            .setQuerySequenceNumber(7)
            .setFlowControlSequenceNumber(6)
            .build());
    all.put(
        "not-appended",
        models
            .createAppendEntriesFailureResponseBuilder()
            .setGroupId(GROUP)
            .setSender(A)
            .setTerm(5)
            .setExpectedNextIndex(10)
            .setQuerySequenceNumber(7)
            .setFlowControlSequenceNumber(6)
            .build());
    all.put(
        "snapshot",
        models
            .createInstallSnapshotRequestBuilder()
            .setGroupId(GROUP)
            .setSender(A)
            .setTerm(5)
            .setSenderLeader(true)
            .setSnapshotTerm(4)
            .setSnapshotIndex(9)
            .setTotalSnapshotChunkCount(2)
            .setSnapshottedMembers(BOTH)
            .setGroupMembersView(view())
            .setQuerySequenceNumber(7)
            .setFlowControlSequenceNumber(6)
            .setSnapshotChunk(models
                .createSnapshotChunkBuilder()
                .setIndex(9)
                .setTerm(4)
                .setSnapshotChunkIndex(1)
                .setSnapshotChunkCount(2)
                .setGroupMembersView(view())
                .setOperation(new byte[] {5, 5})
                .build())
            .build());
    all.put(
        "snapshot-answer",
        models
            .createInstallSnapshotResponseBuilder()
            .setGroupId(GROUP)
            .setSender(A)
            .setTerm(5)
            .setSnapshotIndex(9)
            .setRequestedSnapshotChunkIndex(1)
            .setQuerySequenceNumber(7)
            .setFlowControlSequenceNumber(6)
            .build());
    all.put(
        "elect",
        models
            .createTriggerLeaderElectionRequestBuilder()
            .setGroupId(GROUP)
            .setSender(A)
            .setTerm(5)
            .setLastLogTerm(4)
            .setLastLogIndex(9)
            .build());
    return all;
  }

  private io.microraft.model.log.LogEntry entry(long index, Object operation) {
    return models
        .createLogEntryBuilder()
        .setIndex(index)
        .setTerm(5)
        .setOperation(operation)
        .build();
  }

  private static Map<String, byte[]> questionsAndAnswers() {
    Map<String, byte[]> all = new LinkedHashMap<>();
    all.put("status", new Question.Status(GROUP).encode());
    all.put("decide", new Question.Decide(new Write("k", 3, new byte[] {9})).encode());
    all.put("read", new Question.Read("k").encode());
    all.put("join", new Question.Join(GROUP, A).encode());
    all.put("leave", new Question.Leave(GROUP, A).encode());
    all.put("changes", new Question.Changes(GROUP, 7).encode());
    all.put("contents", new Question.Contents(GROUP, "k").encode());
    all.put("no-group", new Answer.NoGroup(false).encode());
    all.put(
        "group",
        new Answer.Group(GROUP, List.of(A), 3, BOTH, List.of(A), Optional.of(A), true, false, true)
            .encode());
    all.put("entry", new Answer.Entry(new Versioned(4, new byte[] {9})).encode());
    all.put("conflict", new Answer.Conflict(new Versioned(0, null)).encode());
    all.put("refused", new Answer.Refused("full").encode());
    all.put("not-leader", new Answer.NotLeader().encode());
    all.put("unknown", new Answer.Unknown("?").encode());
    all.put("done", new Answer.Done().encode());
    all.put("enough", new Answer.Enough().encode());
    all.put(
        "page",
        new Answer.Page(new Entries.Page(
                List.of(new LogEntry(4, "k", new byte[] {9}), new LogEntry(5, "gone", null)),
                5,
                true))
            .encode());
    all.put("too-old", new Answer.TooOld().encode());
    return all;
  }

  @Test
  void goldenBytes() throws Exception {
    StringBuilder now = new StringBuilder();
    messages()
        .forEach((name, message) -> now.append(name)
            .append(' ')
            .append(HexFormat.of().formatHex(RaftCodec.encode(message)))
            .append('\n'));
    questionsAndAnswers()
        .forEach((name, bytes) ->
            now.append(name).append(' ').append(HexFormat.of().formatHex(bytes)).append('\n'));
    try (var in = RaftCodecTest.class.getResourceAsStream("/golden/v1/group-store.hex")) {
      assertEquals(new String(in.readAllBytes(), StandardCharsets.UTF_8), now.toString());
    }
  }

  @Test
  void readsWhatItWrites() {
    messages().forEach((name, message) -> {
      byte[] bytes = RaftCodec.encode(message);
      assertArrayEquals(bytes, RaftCodec.encode(RaftCodec.decode(bytes)), name);
    });
    List<byte[]> parts = new ArrayList<>(questionsAndAnswers().values());
    parts
        .subList(0, 7)
        .forEach(bytes -> assertArrayEquals(bytes, Question.decode(bytes).encode()));
    parts
        .subList(7, parts.size())
        .forEach(bytes -> assertArrayEquals(bytes, Answer.decode(bytes).encode()));
  }

  @Test
  void everyCutAndEveryLeftoverIsRefused() {
    messages().values().forEach(message -> {
      byte[] bytes = RaftCodec.encode(message);
      for (int length = 0; length < bytes.length; length++) {
        byte[] cut = Arrays.copyOf(bytes, length);
        assertThrows(IllegalArgumentException.class, () -> RaftCodec.decode(cut));
      }
      byte[] longer = Arrays.copyOf(bytes, bytes.length + 1);
      assertThrows(IllegalArgumentException.class, () -> RaftCodec.decode(longer));
    });
  }

  @Test
  void randomBytesNeverDoMoreThanBeRefused() {
    Random random = new Random(7);
    List<byte[]> all = new ArrayList<>(questionsAndAnswers().values());
    messages().values().forEach(message -> all.add(RaftCodec.encode(message)));
    int refused = 0;
    for (int i = 0; i < 30_000; i++) {
      byte[] bytes = all.get(random.nextInt(all.size())).clone();
      for (int flips = random.nextInt(4); flips >= 0; flips--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      for (java.util.function.Consumer<byte[]> decoder :
          List.<java.util.function.Consumer<byte[]>>of(
              RaftCodec::decode, Question::decode, Answer::decode)) {
        try {
          decoder.accept(bytes);
        } catch (IllegalArgumentException e) {
          refused++;
        }
      }
    }
    assertTrue(refused > 30_000, "only " + refused);
  }
}
