package org.fluidosgi.groupstore.internal.raft;

import io.microraft.MembershipChangeMode;
import io.microraft.Ordered;
import io.microraft.QueryPolicy;
import io.microraft.RaftConfig;
import io.microraft.RaftEndpoint;
import io.microraft.RaftNode;
import io.microraft.RaftNodeStatus;
import io.microraft.exception.CannotReplicateException;
import io.microraft.exception.NotLeaderException;
import io.microraft.executor.RaftNodeExecutor;
import io.microraft.impl.RaftNodeImpl;
import io.microraft.model.message.RaftMessage;
import io.microraft.persistence.RestoredRaftState;
import io.microraft.statemachine.StateMachine;
import io.microraft.transport.Transport;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.fluidosgi.channel.Env;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.groupstore.Versioned;
import org.fluidosgi.groupstore.internal.core.Entries;
import org.fluidosgi.groupstore.internal.core.LogEntry;
import org.fluidosgi.groupstore.internal.core.Outcome;
import org.fluidosgi.groupstore.internal.core.Write;
import org.jspecify.annotations.Nullable;

/** This node as a voter, or one to be, of a Raft group: MicroRaft with our log, our messages, our clock.
 * Threads: everything on the owner thread, the futures too. */
final class Replica {
  /** A snapshot is taken after so many log entries. */
  static final int SNAPSHOT_ENTRIES = 1000;

  /** ... or so many bytes, if the entries are not more. */
  static final long SNAPSHOT_BYTES = 16L * 1024 * 1024;

  /** Writes that may wait for a majority; further ones wait in front. */
  static final int PENDING_MAX = 200;

  private static final int HEARTBEAT_SECONDS = 1;

  /** Silence of the leader after which the others elect, and silence of a majority after which a leader steps back. */
  static final int SILENCE_SECONDS = 3;

  private static final int ELECTION_MILLIS = 500;

  private static final System.Logger LOG = System.getLogger("org.fluidosgi.groupstore");

  /** What a replica needs and whom it tells. */
  interface Host {
    /** Runs it on the owner thread, not at once. */
    void execute(Runnable task);

    /** Time and timers. */
    Env env();

    /** Sends a message, or loses it. */
    void send(NodeId to, byte[] message);

    /** Whether messages to that node have a chance. */
    boolean isReachable(NodeId node);

    /** This was decided; its version rises. */
    void applied(Replica replica, LogEntry entry);

    /** All entries were replaced. */
    void installed(Replica replica);

    /** Leader or members may have changed. */
    void turned();
  }

  private final String name;
  private final UUID group;
  private final RaftDisk disk;
  private final Entries entries;
  private final Host host;
  private final RaftNode raft;
  private final SteadyClock clock;
  private final Set<CompletableFuture<?>> undecided = new HashSet<>();
  private boolean inline;
  private long bytesSinceSnapshot;

  Replica(String name, UUID group, RaftDisk disk, Host host, Limits limits) throws IOException {
    this.name = name;
    this.group = group;
    this.disk = disk;
    this.host = host;
    entries = new Entries(limits.changesMax());
    clock = new SteadyClock(host.env());
    RestoredRaftState state = disk.restored()
        .orElseThrow(() -> new IOException("the log of the group store belongs to no group"));
    Voter self = (Voter) state.getLocalEndpointPersistentState().getLocalEndpoint();
    raft = RaftNode.newBuilder()
        .setGroupId(group)
        .setRestoredState(state)
        .setConfig(RaftConfig.newBuilder()
            .setLeaderElectionTimeoutMillis(ELECTION_MILLIS)
            .setLeaderHeartbeatPeriodSecs(HEARTBEAT_SECONDS)
            .setLeaderHeartbeatTimeoutSecs(SILENCE_SECONDS)
            .setAppendEntriesRequestBatchSize(RaftCodec.ENTRIES_MAX - 1) // it sends one more
            .setCommitCountToTakeSnapshot(limits.snapshotEntries())
            .setMaxPendingLogEntryCount(PENDING_MAX)
            .setTransferSnapshotsFromFollowersEnabled(false)
            .build())
        .setExecutor(new Tasks())
        .setTransport(new Messages())
        .setStateMachine(new Machine())
        .setStore(disk)
        .setRaftNodeReportListener(report -> host.turned())
        .setRandom(new Random(self.log().getLeastSignificantBits()))
        .setClock(clock)
        .build();
  }

  void start() {
    raft.start();
  }

  /** Takes part no more; the log stays as it is. Of what was proposed and is not decided nobody here will hear. */
  void end() {
    now(raft::terminate);
    List<CompletableFuture<?>> waiting = List.copyOf(undecided);
    undecided.clear();
    waiting.forEach(
        each -> each.completeExceptionally(new IllegalStateException("the voter has stopped")));
  }

  private <T> CompletableFuture<T> untilEnd(CompletableFuture<T> done) {
    CompletableFuture<T> told = new CompletableFuture<>();
    undecided.add(told);
    done.whenComplete((value, failure) -> {
      undecided.remove(told);
      if (failure == null) {
        told.complete(value);
      } else {
        told.completeExceptionally(failure);
      }
    });
    return told;
  }

  UUID group() {
    return group;
  }

  Voter self() {
    return (Voter) raft.getLocalEndpoint();
  }

  Entries entries() {
    return entries;
  }

  boolean isEnded() {
    return raft.getStatus() == RaftNodeStatus.TERMINATED;
  }

  Optional<Voter> leader() {
    return Optional.ofNullable((Voter) raft.getTerm().getLeaderEndpoint());
  }

  boolean isLeader() {
    return !isEnded() && self().equals(leader().orElse(null));
  }

  /** Members in force, decided or not. */
  Collection<RaftEndpoint> members() {
    return raft.getEffectiveMembers().getMembers();
  }

  Collection<RaftEndpoint> votingMembers() {
    return raft.getEffectiveMembers().getVotingMembers();
  }

  /** Members as decided: only this says that somebody is out. */
  Collection<RaftEndpoint> decidedMembers() {
    return raft.getCommittedMembers().getMembers();
  }

  Collection<RaftEndpoint> decidedVoters() {
    return raft.getCommittedMembers().getVotingMembers();
  }

  /** Whether this voter belongs to the group, as far as anybody could rely on it. */
  boolean isMember() {
    return members().contains(self()) || decidedMembers().contains(self());
  }

  Collection<RaftEndpoint> initialMembers() {
    return raft.getInitialMembers().getMembers();
  }

  /** Where in the log the decided members are. */
  long membersIndex() {
    return raft.getCommittedMembers().getLogIndex();
  }

  boolean isVoting() {
    return votingMembers().contains(self());
  }

  void handle(RaftMessage message) {
    if (Mended.isOutdated((RaftNodeImpl) raft, message)) {
      return;
    }
    Optional<RaftMessage> answer = Mended.answer((RaftNodeImpl) raft, message);
    now(() -> {
      Mended.term((RaftNodeImpl) raft, message);
      raft.handle(Mended.message((RaftNodeImpl) raft, message));
      Mended.membersBehind((RaftNodeImpl) raft, message);
      return this;
    });
    Voter sender = (Voter) message.getSender();
    answer.ifPresent(each -> host.send(sender.node(), RaftCodec.encode(each)));
  }

  /** To be called now and then. */
  void mind() {
    Mended.elections((RaftNodeImpl) raft);
  }

  /** The leader's node is said to have gone: its silence counts as long enough at once, so that this voter agrees to an election, or
   * begins one. It is that of a voter who heard nothing for long: the others are asked first whether they miss the leader too, so
   * a rumour that is wrong does no harm, and what is decided rests on votes alone. */
  void missLeader(boolean first) {
    RaftNodeImpl of = (RaftNodeImpl) raft;
    if (isEnded() || isLeader() || leader().isEmpty() || !isVoting()) {
      return;
    }
    clock.skip(Duration.ofSeconds(SILENCE_SECONDS + 1));
    if (first && votingMembers().size() > 1 && of.state().preCandidateState() == null) {
      now(() -> {
        of.leader(null);
        of.runPreVote();
        return this;
      });
    }
  }

  /** A proposal: {@code refused} says that surely nothing was proposed, because we do not lead or too much waits. */
  record Proposal(boolean refused, CompletableFuture<Outcome> outcome) {}

  Proposal propose(Write write) {
    CompletableFuture<Ordered<Outcome>> done = now(() -> raft.<Outcome>replicate(write));
    if (done.isCompletedExceptionally()) {
      boolean refused = done.handle((value, failure) -> failure instanceof NotLeaderException
              || failure instanceof CannotReplicateException
              || failure instanceof IllegalStateException)
          .join();
      return new Proposal(refused, done.thenApply(Ordered::getResult));
    }
    return new Proposal(false, untilEnd(done.thenApply(Ordered::getResult)));
  }

  /** The entry as a majority confirms it. */
  CompletableFuture<Versioned> read(String key) {
    return untilEnd(now(() -> raft.<Versioned>query(
            key, QueryPolicy.LINEARIZABLE, Optional.empty(), Optional.empty()))
        .thenApply(Ordered::getResult));
  }

  /** Takes a member in or out; one at a time. */
  CompletableFuture<Void> change(Voter voter, MembershipChangeMode mode) {
    return now(() -> raft.changeMembership(voter, mode, membersIndex())).thenApply(done -> null);
  }

  /** Has that voter lead; completes when this node does not lead any more. */
  CompletableFuture<Void> handOver(Voter to) {
    return now(() -> raft.transferLeadership(to)).thenApply(done -> null);
  }

  /** Whether that member's log is known to hold nearly all that is decided, and that it is a member: else it would begin another log after
   * a crash, and its vote would be lost. */
  CompletableFuture<Boolean> hasCaughtUp(Voter voter) {
    return raft.getReport().thenApply(report -> {
      Map<RaftEndpoint, Long> known = report.getResult().getLog().getFollowerMatchIndices();
      long decided = report.getResult().getLog().getCommitIndex();
      long least = Math.max(membersIndex(), decided - RaftCodec.ENTRIES_MAX);
      return known.getOrDefault(voter, 0L) >= Math.max(1, least);
    });
  }

  /** MicroRaft's task runs within the call, so that an immediate refusal shows at once. */
  private <T> T now(Supplier<T> call) {
    inline = true;
    try {
      return call.get();
    } finally {
      inline = false;
    }
  }

  private void guarded(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException | AssertionError e) {
      LOG.log(System.Logger.Level.WARNING, name + ": a task of the group store failed", e);
    }
  }

  private final class Tasks implements RaftNodeExecutor {
    @Override
    public void execute(Runnable task) {
      if (inline) {
        inline = false;
        task.run();
      } else {
        submit(task);
      }
    }

    @Override
    public void submit(Runnable task) {
      host.execute(() -> guarded(task));
    }

    @Override
    public void schedule(Runnable task, long delay, TimeUnit unit) {
      host.env().schedule(Duration.of(delay, unit.toChronoUnit()), () -> submit(task));
    }
  }

  private final class Messages implements Transport {
    /** Says nothing once a write has failed: what is in memory may then be more than what is on disk, and a repeated question would be
     * answered from memory. */
    @Override
    public void send(RaftEndpoint target, RaftMessage message) {
      if (disk.trouble().isPresent()) {
        return;
      }
      host.send(((Voter) target).node(), RaftCodec.encode(message));
    }

    @Override
    public boolean isReachable(RaftEndpoint endpoint) {
      return host.isReachable(((Voter) endpoint).node());
    }
  }

  private final class Machine implements StateMachine {
    @Override
    public @Nullable Object runOperation(long commitIndex, Object operation) {
      if (operation instanceof String key) {
        return entries.get(key);
      }
      disk.decided(commitIndex);
      if (!(operation instanceof Write write)) {
        return null;
      }
      byte[] value = write.value();
      bytesSinceSnapshot += 100L + (value == null ? 0 : value.length);
      if (bytesSinceSnapshot > Math.max(SNAPSHOT_BYTES, entries.bytes())) {
        bytesSinceSnapshot = 0;
        raft.takeSnapshot();
      }
      long before = entries.lastVersion();
      Outcome outcome = entries.apply(write);
      if (entries.lastVersion() != before) {
        host.applied(Replica.this, new LogEntry(entries.lastVersion(), write.key(), write.value()));
      }
      return outcome;
    }

    @Override
    public void takeSnapshot(long commitIndex, Consumer<Object> chunks) {
      bytesSinceSnapshot = 0;
      entries.snapshot(chunks::accept);
    }

    @Override
    public void installSnapshot(long commitIndex, List<Object> chunks) {
      Mended.beforeMembers((RaftNodeImpl) raft);
      entries.install(chunks.stream().map(chunk -> (byte[]) chunk).toList());
      host.installed(Replica.this);
    }

    @Override
    public Object getNewTermOperation() {
      return new NewTerm();
    }
  }
}
