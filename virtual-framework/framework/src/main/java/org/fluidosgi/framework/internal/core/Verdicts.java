package org.fluidosgi.framework.internal.core;

import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import org.fluidosgi.channel.ChannelException;
import org.fluidosgi.channel.Env;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.channel.Registration;
import org.fluidosgi.groupstore.ConflictException;
import org.fluidosgi.groupstore.GroupStore;
import org.fluidosgi.groupstore.GroupVoters;
import org.fluidosgi.groupstore.Versioned;
import org.jspecify.annotations.Nullable;

/** Decides in the group store whether a change that one node asks another for is done or given up, so that both know the same.
 * The node that asks writes the question. The node of the bundle turns it into done; the node that asks, when it hears no answer, removes it, which
 * gives the change up. Who is first is right, for ever. A node that starts or joins may have a store of its own for a while, in which nothing of this
 * can be decided: the question names its store.
 * Entries lie under {@code changes/<node>/<change>}. The node that asked removes them when it has its answer; what is left goes {@code kept} after the
 * bundle's node saw it, which is longer than a request can be under way. Threads: any; state guarded by the monitor.
 * Source: protocol-framework, section 3. */
public final class Verdicts implements Registration {
  private static final System.Logger LOG = System.getLogger("org.fluidosgi.framework");
  /** Looks whether this node's store has come to rest, and the pause between them. */
  private static final int MOVES = 50;

  private static final Duration MOVE = Duration.ofMillis(200);

  /** Looks for which a store of this node alone counts as one that it is about to leave, or that others are about to join. */
  private static final int ALONE = 15;

  private static final String PREFIX = "changes/";
  private static final byte[] ASKED = "asked".getBytes(StandardCharsets.UTF_8);
  private static final byte[] DONE = "done".getBytes(StandardCharsets.UTF_8);
  private final NodeId self;
  private final Env env;
  private final Duration kept;
  private final Predicate<UUID> underWay;
  private @Nullable GroupStore store;
  private @Nullable Registration watch;

  /** Of each entry about this node's bundles: when it goes. */
  private final Map<String, Env.Cancellable> expiring = new HashMap<>();

  /** What became of a change. */
  public enum Verdict {
    DONE,
    GIVEN_UP,
    /** This node's store is not, or not yet, that of the question's group: it may be about to join that, or that was given up. */
    ELSEWHERE
  }

  /** A question as it lies in the group store: of which group's, and with which version. */
  public record Question(UUID change, UUID group, long version) {}

  /** {@code underWay} tells whether that change of this node is not over yet. */
  public Verdicts(NodeId self, Env env, Duration kept, Predicate<UUID> underWay) {
    this.self = self;
    this.env = env;
    this.kept = kept;
    this.underWay = underWay;
  }

  /** Decides in that store from now on; null = there is none. One that is no other node's too cannot decide for two. */
  public void attach(@Nullable GroupStore now) {
    GroupStore agreed = now instanceof GroupVoters ? now : null;
    Registration before;
    List<Env.Cancellable> timers;
    synchronized (this) {
      store = agreed;
      before = watch;
      watch = null;
      timers = List.copyOf(expiring.values());
      expiring.clear();
    }
    close(before);
    timers.forEach(Env.Cancellable::cancel); // what is there is told again with the next one
    if (agreed == null) {
      return;
    }
    Registration fresh = agreed.watch(PREFIX + self + "/", this::seen);
    boolean late;
    synchronized (this) {
      late = store != agreed;
      if (!late) {
        watch = fresh;
      }
    }
    if (late) {
      fresh.close();
    }
  }

  private static void close(@Nullable Registration registration) {
    if (registration != null) {
      registration.close();
    }
  }

  @Override
  public void close() {
    attach(null);
  }

  /** Whether there is a store that can decide. */
  public synchronized boolean available() {
    return store != null;
  }

  /** Writes the question that node is going to be asked. A store that is about to become another one, as after a join, is waited for.
   * Errors: the stage fails with {@link UndecidedException}, as those below; nothing may be asked then. */
  public CompletionStage<Question> ask(NodeId owner, UUID change) {
    CompletableFuture<Question> result = new CompletableFuture<>();
    ask(owner, change, 1, result);
    return result;
  }

  private void ask(NodeId owner, UUID change, int time, CompletableFuture<Question> result) {
    group(time < ALONE)
        .thenCompose(group -> write(owner, change, 0, ASKED)
            .thenCompose(written -> group().thenApply(now -> {
              if (!now.equals(group)) {
                throw new MovingException("the group store has just become another one");
              }
              return new Question(change, group, written.version());
            })))
        .whenComplete((question, failure) -> {
          if (failure == null) {
            result.complete(question);
          } else if (Failures.cause(failure) instanceof MovingException && time < MOVES) {
            env.schedule(MOVE, () -> ask(owner, change, time + 1, result));
          } else {
            result.completeExceptionally(undecided(Failures.cause(failure)));
          }
        });
  }

  /** This node has done it, or else it was given up. Errors: asking again is right. */
  public CompletionStage<Verdict> done(Question question) {
    return decide(self, question, DONE, Verdict.DONE);
  }

  /** It is given up, or else that node has done it. Errors: asking again is right. */
  public CompletionStage<Verdict> giveUp(NodeId owner, Question question) {
    return decide(owner, question, null, Verdict.GIVEN_UP);
  }

  private CompletionStage<Verdict> decide(
      NodeId owner, Question question, byte @Nullable [] value, Verdict wanted) {
    return isIn(question.group()).thenCompose(there -> {
      if (!there) {
        return CompletableFuture.completedFuture(Verdict.ELSEWHERE);
      }
      return write(owner, question.change(), question.version(), value)
          .handle((written, failure) -> failure == null
              ? CompletableFuture.completedFuture(wanted)
              : found(failure, question.group()))
          .thenCompose(verdict -> verdict);
    });
  }

  /** Whether this node's store is that group's now; one that it has not joined yet is not. */
  private CompletionStage<Boolean> isIn(UUID group) {
    return group().handle((now, failure) -> {
      if (failure != null && !(Failures.cause(failure) instanceof MovingException)) {
        throw new CompletionException(Failures.cause(failure));
      }
      return group.equals(now);
    });
  }

  private CompletionStage<UUID> group() {
    return group(false);
  }

  /** The group whose store this node's is. Shape: {@code shared} = one of which it is the only voter does not count. */
  private CompletionStage<UUID> group(boolean shared) {
    GroupStore now;
    synchronized (this) {
      now = store;
    }
    return now instanceof GroupVoters voters
        ? voters.voters().thenApply(known -> {
          if (known.group().isEmpty() || (shared && known.nodes().equals(List.of(self)))) {
            throw new MovingException("this node has not joined a group store yet");
          }
          return known.group().get();
        })
        : CompletableFuture.failedFuture(
            new UndecidedException("there is no group store here, or not yet", true));
  }

  private CompletionStage<Versioned> write(
      NodeId owner, UUID change, long version, byte @Nullable [] value) {
    GroupStore to;
    synchronized (this) {
      to = store;
    }
    return to == null
        ? CompletableFuture.failedFuture(
            new UndecidedException("there is no group store here, or not yet", true))
        : to.compareAndSet(key(owner, change), version, value);
  }

  /** The question is not as it was asked: it was decided, or is in the store that this one was a moment ago. */
  private CompletionStage<Verdict> found(Throwable failure, UUID group) {
    Throwable cause = Failures.cause(failure);
    if (!(cause instanceof ConflictException conflict)) {
      return CompletableFuture.failedFuture(undecided(cause));
    }
    return Arrays.equals(DONE, conflict.found().value())
        ? CompletableFuture.completedFuture(Verdict.DONE)
        : isIn(group).thenApply(there -> there ? Verdict.GIVEN_UP : Verdict.ELSEWHERE);
  }

  private static UndecidedException undecided(Throwable cause) {
    boolean none = cause instanceof ChannelException refused
        && refused.effect() == ChannelException.Effect.NONE;
    return cause instanceof UndecidedException known
        ? known
        : new UndecidedException(String.valueOf(cause.getMessage()), none);
  }

  /** Removes it: the node that asked knows, and the bundle's node has ended it. What fails is left to that node. */
  public void forget(NodeId owner, UUID change) {
    GroupStore from;
    synchronized (this) {
      from = store;
    }
    if (from != null) {
      String key = key(owner, change);
      from.read(key).whenComplete((entry, failure) -> {
        if (failure == null && entry.value() != null) {
          remove(from, key, entry);
        }
      });
    }
  }

  private static CompletionStage<Versioned> remove(GroupStore from, String key, Versioned entry) {
    return from.compareAndSet(key, entry.version(), null).whenComplete((removed, failure) -> {
      if (failure != null) {
        LOG.log(Level.DEBUG, "verdict {0} stays for now: {1}", key, failure.getMessage());
      }
    });
  }

  /** One about this node's bundles: it goes when nobody can ask for it any more, unless somebody removes it before. */
  private void seen(String key, Versioned now) {
    Env.Cancellable next = now.value() == null ? null : env.schedule(kept, () -> expire(key, now));
    Env.Cancellable before;
    synchronized (this) {
      before = next == null ? expiring.remove(key) : expiring.put(key, next);
    }
    if (before != null) {
      before.cancel();
    }
  }

  private void expire(String key, Versioned entry) {
    GroupStore from;
    synchronized (this) {
      expiring.remove(key);
      from = store;
    }
    if (from == null) {
      return;
    }
    if (underWay.test(changeOf(key))) {
      seen(key, entry);
      return;
    }
    remove(from, key, entry).whenComplete((removed, failure) -> {
      if (failure != null && !(Failures.cause(failure) instanceof ConflictException)) {
        seen(key, entry);
      }
    });
  }

  private static UUID changeOf(String key) {
    try {
      return UUID.fromString(key.substring(key.lastIndexOf('/') + 1));
    } catch (IllegalArgumentException e) {
      return new UUID(0, 0); // no change has it
    }
  }

  private static String key(NodeId owner, UUID change) {
    return PREFIX + owner + "/" + change;
  }

  /** This node is between two group stores. */
  private static final class MovingException extends UndecidedException {
    private static final long serialVersionUID = 1L;

    MovingException(String why) {
      super(why, true);
    }
  }

  /** The group store did not decide. */
  public static class UndecidedException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final boolean none;

    /** {@code none} = it is certain that nothing was written. */
    public UndecidedException(String why, boolean none) {
      super(why);
      this.none = none;
    }

    /** Whether it is certain that nothing was written. */
    public boolean none() {
      return none;
    }
  }
}
