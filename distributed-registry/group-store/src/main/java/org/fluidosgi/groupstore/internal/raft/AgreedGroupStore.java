package org.fluidosgi.groupstore.internal.raft;

import io.microraft.model.message.RaftMessage;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import org.fluidosgi.channel.ChannelException;
import org.fluidosgi.channel.ChannelException.Effect;
import org.fluidosgi.channel.Env;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.channel.Registration;
import org.fluidosgi.groupstore.ConflictException;
import org.fluidosgi.groupstore.GroupStore;
import org.fluidosgi.groupstore.GroupVoters;
import org.fluidosgi.groupstore.NoMajorityException;
import org.fluidosgi.groupstore.Versioned;
import org.fluidosgi.groupstore.internal.core.FileGroupStore;
import org.fluidosgi.groupstore.internal.core.GroupLog;
import org.fluidosgi.groupstore.internal.core.Keys;
import org.fluidosgi.groupstore.internal.core.Peers;
import org.fluidosgi.groupstore.internal.core.WatchedCopy;
import org.fluidosgi.groupstore.internal.core.Write;
import org.fluidosgi.registry.View;
import org.jspecify.annotations.Nullable;

/** The group store that the voters of the group agree on: whoever is asked leads the question to the leader.
 * Invariant: a question is repeated only while surely nothing was done. Threads: any calls; the owner thread works; stages complete
 * there, dependents must not block; watchers are called on the watch thread. */
public final class AgreedGroupStore implements GroupStore, GroupVoters {
  /** Questions that may wait at once; further ones are refused. */
  static final int PENDING_MAX = 10_000;

  /** A read without a majority waits no longer than this before it says what it knows. */
  static final Duration READ_WAIT_MAX = Duration.ofSeconds(5);

  private static final Duration RETRY_PAUSE = Duration.ofMillis(100);

  /** How long a node that stops tries to take itself out of the group. */
  static final Duration LEAVE_WAIT_MAX = Duration.ofSeconds(4);

  /** Settings of one node's store. Shape: {@code voters} 1..7; {@code replace} after how long an absent voter is replaced; {@code
   * alone} after how long a node that was in a group and finds nobody begins its own; {@code timeout} how long a write waits for a
   * majority. */
  public record Options(
      int voters, Duration replace, Duration alone, Duration timeout, Limits limits) {
    /** With the usual limits. */
    public Options(int voters, Duration replace, Duration alone, Duration timeout) {
      this(voters, replace, alone, timeout, Limits.USUAL);
    }
  }

  /** Where it runs: the owner thread works and writes to disk, the watch thread calls watchers. */
  public record Place(
      String name,
      NodeId self,
      Path folder,
      Env env,
      Executor owner,
      Executor watchThread,
      Peers peers,
      GroupLog.Disk files,
      Supplier<UUID> ids) {
    /** With files of the operating system and random ids. */
    public Place(
        String name,
        NodeId self,
        Path folder,
        Env env,
        Executor owner,
        Executor watchThread,
        Peers peers) {
      this(name, self, folder, env, owner, watchThread, peers, FileChannel::open, UUID::randomUUID);
    }
  }

  private final Place place;
  private final Options options;
  private final WatchedCopy watches;
  private final GroupNode node;
  private final AtomicInteger pending = new AtomicInteger();
  /** Questions under way; on the owner thread. */
  private final Set<Asking> asking = new HashSet<>();

  private boolean closed;

  /** Shape: opens nothing yet. */
  public AgreedGroupStore(Place place, Options options) {
    this.place = place;
    this.options = options;
    watches = new WatchedCopy(place.name(), place.watchThread());
    node = new GroupNode(
        new GroupNode.Config(
            place.name(),
            place.self(),
            place.folder(),
            options.voters(),
            options.replace(),
            options.alone(),
            options.limits()),
        new OwnVoter.Place(place.env(), place.owner(), place.peers(), place.files(), place.ids()),
        watches);
  }

  /** Opens the log; a node without one begins with those entries, given as pieces of a snapshot. On the owner thread.
   * Errors: IOException naming the file and what to do. */
  public void open(List<byte[]> seed) throws IOException {
    node.open(seed);
  }

  /** Whether that folder has the log of an agreed store, now or from before. */
  public static boolean isIn(Path folder) {
    return Files.exists(folder.resolve(RaftDisk.FORM.file()))
        || Files.exists(folder.resolve(OwnVoter.LEFT_FILE));
  }

  /** A new view is in force. Threads: any. */
  public void onView(View view) {
    node.execute(() -> node.onView(view));
  }

  /** A one-way message of another node's store. Threads: any. Errors: IllegalArgumentException when it makes no sense. */
  public void onMessage(NodeId from, byte[] bytes) {
    RaftMessage message = RaftCodec.decode(bytes);
    node.execute(() -> node.onMessage(from, message));
  }

  /** A question of another node's store. Threads: any. Errors: IllegalArgumentException when it makes no sense. */
  public CompletableFuture<byte[]> onRequest(NodeId from, byte[] bytes) {
    Question question = Question.decode(bytes);
    CompletableFuture<byte[]> answer = new CompletableFuture<>();
    if (!execute(() -> node.replies().answer(from, question).whenComplete((found, failure) -> {
      if (failure == null) {
        answer.complete(found.encode());
      } else {
        answer.completeExceptionally(failure);
      }
    }))) {
      answer.completeExceptionally(stopped());
    }
    return answer;
  }

  @Override
  public CompletionStage<Voters> voters() {
    CompletableFuture<Voters> told = new CompletableFuture<>();
    if (!execute(() -> told.complete(votersNow()))) {
      told.completeExceptionally(stopped());
    }
    return told;
  }

  @Override
  public CompletionStage<Versioned> read(String key) {
    Keys.check(key);
    Duration wait =
        options.timeout().compareTo(READ_WAIT_MAX) < 0 ? options.timeout() : READ_WAIT_MAX;
    return submit(new Asking(new Question.Read(key), wait, refusal -> {
      Versioned known = watches.get(key);
      return CompletableFuture.completedFuture(new Versioned(known.version(), known.value(), true));
    }));
  }

  @Override
  public CompletionStage<Versioned> compareAndSet(
      String key, long version, byte @Nullable [] value) {
    Keys.check(key);
    if (value != null && value.length > FileGroupStore.VALUE_BYTES_MAX) {
      throw new IllegalArgumentException(key + ": a value of " + value.length + " bytes, at most "
          + FileGroupStore.VALUE_BYTES_MAX + " are allowed");
    }
    if (version < 0) {
      return CompletableFuture.failedFuture(
          new IllegalArgumentException(key + ": version " + version + " is below 0"));
    }
    Write write = new Write(key, version, value == null ? null : value.clone());
    return submit(
        new Asking(new Question.Decide(write), options.timeout(), CompletableFuture::failedFuture));
  }

  @Override
  public Registration watch(String prefix, Watcher watcher) {
    return watches.watch(prefix, watcher, node::execute);
  }

  @Override
  public CompletionStage<Voters> goOnAlone() {
    CompletableFuture<Voters> told = new CompletableFuture<>();
    if (!execute(() -> {
      try {
        node.goOnAlone();
        told.complete(votersNow());
      } catch (IllegalStateException e) {
        told.completeExceptionally(e);
      }
    })) {
      told.completeExceptionally(stopped());
    }
    return told;
  }

  /** As {@link #voters}, at once. On the owner thread. */
  public Voters votersNow() {
    return new Voters(node.group(), node.voters(), node.leader());
  }

  /** The group whose entries watchers are told of now. On the owner thread. */
  public Optional<UUID> shownGroup() {
    return watches.group();
  }

  /** What it holds. On the owner thread. */
  public Sizes sizes() {
    return node.sizes(asking.size());
  }

  private CompletionStage<Versioned> submit(Asking asking) {
    if (pending.incrementAndGet() > PENDING_MAX) {
      pending.decrementAndGet();
      return CompletableFuture.failedFuture(new IllegalStateException(
          PENDING_MAX + " questions wait for the group store: try again later"));
    }
    asking.done.whenComplete((entry, failure) -> pending.decrementAndGet());
    if (!execute(asking::begin)) {
      asking.done.completeExceptionally(stopped());
    }
    return asking.done;
  }

  private boolean execute(Runnable task) {
    try {
      place.owner().execute(task);
      return true;
    } catch (RejectedExecutionException e) {
      return false;
    }
  }

  private static IllegalStateException stopped() {
    return new IllegalStateException("the group store of this node has stopped");
  }

  /** A question on its way to an answer. On the owner thread. */
  private final class Asking {
    final CompletableFuture<Versioned> done = new CompletableFuture<>();
    private final Question question;
    private final Duration wait;
    private final Function<NoMajorityException, CompletableFuture<Versioned>> refused;
    private long untilNanos;
    private boolean underWay;

    Asking(
        Question question,
        Duration wait,
        Function<NoMajorityException, CompletableFuture<Versioned>> refused) {
      this.question = question;
      this.wait = wait;
      this.refused = refused;
    }

    void begin() {
      asking.add(this);
      done.whenComplete((entry, failure) -> node.execute(() -> asking.remove(this)));
      untilNanos = place.env().nanoTime() + wait.toNanos();
      Env.Cancellable timer = place
          .env()
          .schedule(
              wait,
              () ->
                  node.execute(() -> refuse("in " + wait.toMillis() + " ms nothing was decided")));
      done.whenComplete((entry, failure) -> timer.cancel());
      attempt();
    }

    private void attempt() {
      if (done.isDone()) {
        return;
      }
      if (closed) {
        done.completeExceptionally(stopped());
        return;
      }
      Replica own = node.replica();
      List<NodeId> voters = node.voters();
      if (!voters.isEmpty() && Refusal.answering(node, voters) <= voters.size() / 2) {
        refuse("a majority is needed");
        return;
      }
      if (own == null
          && voters.isEmpty()
          && node.view().members().size() == 1
          && !node.trouble().isEmpty()) {
        refuse("there is nobody else");
        return;
      }
      Optional<NodeId> leader = node.leader();
      if (own != null && own.isLeader()) {
        take(
            question instanceof Question.Decide decide
                ? Decisions.decide(own, decide.write())
                : own.read(((Question.Read) question).key())
                    .handle((entry, failure) ->
                        failure == null ? new Answer.Entry(entry) : new Answer.NotLeader()));
      } else if (leader.isPresent() && !leader.get().equals(place.self())) {
        Duration left = Duration.ofNanos(untilNanos - place.env().nanoTime());
        take(node.asker()
            .ask(leader.get(), question, left.isNegative() ? Duration.ofMillis(1) : left));
      } else {
        again();
      }
    }

    private void take(CompletableFuture<Answer> answer) {
      underWay = true;
      answer.whenComplete((found, failure) -> {
        if (failure == null) {
          accept(found);
          return;
        }
        Throwable cause = failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
        if (question instanceof Question.Read
            || (cause instanceof ChannelException lost && lost.effect() == Effect.NONE)) {
          underWay = false;
          again();
        } else {
          refuse("the leader did not answer: " + cause.getMessage());
        }
      });
    }

    private void accept(Answer found) {
      if (found instanceof Answer.Entry entry) {
        done.complete(entry.entry());
      } else if (found instanceof Answer.Conflict conflict
          && question instanceof Question.Decide decide) {
        done.completeExceptionally(new ConflictException(
            decide.write().key(), decide.write().version(), conflict.found()));
      } else if (found instanceof Answer.Refused no) {
        done.completeExceptionally(new IllegalStateException(no.why()));
      } else if (found instanceof Answer.Unknown unknown) {
        refuse(unknown.why());
      } else {
        underWay = false;
        again();
      }
    }

    private void again() {
      place.env().schedule(RETRY_PAUSE, () -> node.execute(this::attempt));
    }

    private void refuse(String why) {
      if (done.isDone()) {
        return;
      }
      Effect effect =
          underWay && question instanceof Question.Decide ? Effect.UNKNOWN : Effect.NONE;
      NoMajorityException refusal = Refusal.of(node, effect, why);
      refused.apply(refusal).whenComplete((entry, failure) -> {
        if (failure == null) {
          done.complete(entry);
        } else {
          done.completeExceptionally(failure);
        }
      });
    }
  }

  GroupNode node() {
    return node;
  }

  /** Leaves a group of several voters if they agree in time; completes when {@link #close} may be called. Threads: any. */
  public CompletableFuture<Boolean> leave() {
    CompletableFuture<Boolean> left = new CompletableFuture<>();
    if (!execute(() -> {
      place.env().schedule(LEAVE_WAIT_MAX, () -> left.complete(false));
      node.leaving().leave(left);
    })) {
      left.complete(false);
    }
    return left;
  }

  /** Closes the log; on the owner thread. Questions that come later fail. */
  public void close() {
    closed = true;
    node.close();
    List.copyOf(asking).forEach(each -> each.done.completeExceptionally(stopped()));
    asking.clear();
  }
}
