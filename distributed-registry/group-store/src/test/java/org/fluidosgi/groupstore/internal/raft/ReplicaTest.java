package org.fluidosgi.groupstore.internal.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.microraft.RaftEndpoint;
import io.microraft.model.impl.DefaultRaftModelFactory;
import io.microraft.model.message.AppendEntriesRequest;
import io.microraft.model.message.AppendEntriesSuccessResponse;
import io.microraft.model.message.RaftMessage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.fluidosgi.channel.Env;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.groupstore.internal.core.Entries;
import org.fluidosgi.groupstore.internal.core.LogEntry;
import org.fluidosgi.groupstore.internal.core.Outcome;
import org.fluidosgi.groupstore.internal.core.Write;
import org.fluidosgi.registry.testkit.Simulation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One voter of three among messages that the test writes: what it may not say, and whom it may not believe. */
class ReplicaTest {
  private static final UUID GROUP = new UUID(1, 1);
  private static final Voter SELF = new Voter(new NodeId(new UUID(0, 1)), new UUID(2, 1));
  private static final Voter B = new Voter(new NodeId(new UUID(0, 2)), new UUID(2, 2));
  private static final Voter C = new Voter(new NodeId(new UUID(0, 3)), new UUID(2, 3));
  private static final List<RaftEndpoint> ALL = List.of(SELF, B, C);

  private final DefaultRaftModelFactory models = new DefaultRaftModelFactory();
  private final Simulation simulation = new Simulation(1);
  private final Env env = simulation.env();
  private final CrashingDisk files = new CrashingDisk(simulation.random());
  private final List<RaftMessage> said = new ArrayList<>();
  private boolean diskFailed;

  @TempDir
  Path folder;

  private RaftDisk disk;
  private Replica replica;

  @BeforeEach
  void begin() throws IOException {
    disk = RaftDisk.open(folder, files, () -> diskFailed = true);
    disk.begin(GROUP, SELF, ALL, true, List.of());
    replica = new Replica("n1", GROUP, disk, new Host(), Limits.USUAL);
    replica.start();
    simulation.advance(Duration.ofMillis(1));
  }

  @AfterEach
  void end() throws IOException {
    replica.end();
    disk.close();
    assertEquals(List.of(), simulation.failures());
  }

  private void hear(RaftMessage message) {
    replica.handle(message);
    simulation.advance(Duration.ofMillis(1));
  }

  private io.microraft.model.log.LogEntry entry(long index, int term) {
    return models
        .createLogEntryBuilder()
        .setIndex(index)
        .setTerm(term)
        .setOperation(new Write("k" + index, 0, new byte[1]))
        .build();
  }

  private RaftMessage append(int term, long index) {
    return models
        .createAppendEntriesRequestBuilder()
        .setGroupId(GROUP)
        .setSender(B)
        .setTerm(term)
        .setPreviousLogIndex(index - 1)
        .setPreviousLogTerm(index == 1 ? 0 : term)
        .setCommitIndex(0)
        .setLogEntries(List.of(entry(index, term)))
        .setQuerySequenceNumber(0)
        .setFlowControlSequenceNumber(1)
        .build();
  }

  private long confirmed() {
    return said.stream()
        .filter(AppendEntriesSuccessResponse.class::isInstance)
        .mapToLong(each -> ((AppendEntriesSuccessResponse) each).getLastLogIndex())
        .max()
        .orElse(0);
  }

  @Test
  void entryThatDidNotReachTheDiskIsNeverConfirmed() {
    hear(append(5, 1));
    assertEquals(1, confirmed());
    files.full = true;
    hear(append(5, 2));
    assertTrue(diskFailed);
    hear(append(5, 2)); // its memory has it by now
    hear(append(5, 3));
    assertEquals(1, confirmed());
  }

  @Test
  void confirmationOfAnEarlierTermCountsForNothing() {
    int term = lead();
    hear(success(B, term, 1)); // both hold that the term has begun
    hear(success(C, term, 1));
    List<Outcome> decided = new ArrayList<>();
    replica.propose(new Write("k", 0, new byte[1])).outcome().thenAccept(decided::add);
    simulation.advance(Duration.ofMillis(1));
    long last = disk.entries();
    hear(success(B, term - 1, last));
    hear(success(C, term - 1, last));
    assertEquals(List.of(), decided, "of the three only this voter is known to hold it");
    hear(success(C, term, last));
    assertEquals(1, decided.size());
  }

  @Test
  void promotionThatOnlyTheSnapshotTellsOfHolds() throws IOException {
    replica.end();
    disk.begin(GROUP, SELF, List.of(B, C), false, List.of());
    disk.persistSnapshotChunk(models
        .createSnapshotChunkBuilder()
        .setIndex(7)
        .setTerm(1)
        .setSnapshotChunkIndex(0)
        .setSnapshotChunkCount(1)
        .setGroupMembersView(models
            .createRaftGroupMembersViewBuilder()
            .setLogIndex(6)
            .setMembers(ALL)
            .setVotingMembers(ALL)
            .build())
        .setOperation(new Entries().snapshot().get(0))
        .build());
    disk.flush();
    replica = new Replica("n1", GROUP, disk, new Host(), Limits.USUAL);
    assertTrue(replica.isVoting());
  }

  /** Both others vote for it; returns its term. */
  private int lead() {
    assertFalse(replica.isLeader());
    int term = said.get(0).getTerm();
    for (Voter each : List.of(B, C)) {
      hear(models
          .createPreVoteResponseBuilder()
          .setGroupId(GROUP)
          .setSender(each)
          .setTerm(term)
          .setGranted(true)
          .build());
    }
    for (Voter each : List.of(B, C)) {
      hear(models
          .createVoteResponseBuilder()
          .setGroupId(GROUP)
          .setSender(each)
          .setTerm(term)
          .setGranted(true)
          .build());
    }
    assertTrue(replica.isLeader(), said.toString());
    return term;
  }

  private RaftMessage success(Voter from, int term, long last) {
    return models
        .createAppendEntriesSuccessResponseBuilder()
        .setGroupId(GROUP)
        .setSender(from)
        .setTerm(term)
        .setLastLogIndex(last)
        .setQuerySequenceNumber(0)
        .setFlowControlSequenceNumber(lastFlowNumber())
        .build();
  }

  /** The number of the append that waits for an answer. */
  private long lastFlowNumber() {
    return said.stream()
        .filter(AppendEntriesRequest.class::isInstance)
        .mapToLong(each -> ((AppendEntriesRequest) each).getFlowControlSequenceNumber())
        .max()
        .orElseThrow();
  }

  private final class Host implements Replica.Host {
    @Override
    public void execute(Runnable task) {
      env.schedule(Duration.ZERO, task);
    }

    @Override
    public Env env() {
      return env;
    }

    @Override
    public void send(NodeId to, byte[] message) {
      said.add(RaftCodec.decode(message));
    }

    @Override
    public boolean isReachable(NodeId node) {
      return true;
    }

    @Override
    public void applied(Replica of, LogEntry entry) {}

    @Override
    public void installed(Replica of) {}

    @Override
    public void turned() {}
  }
}
