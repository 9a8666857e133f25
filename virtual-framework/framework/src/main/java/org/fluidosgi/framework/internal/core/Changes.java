package org.fluidosgi.framework.internal.core;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.fluidosgi.channel.Env;
import org.fluidosgi.channel.Registration;
import org.fluidosgi.framework.internal.core.Change.Kind;
import org.fluidosgi.framework.internal.core.Change.Step;
import org.fluidosgi.framework.internal.core.Verdicts.Question;
import org.fluidosgi.framework.internal.core.Verdicts.UndecidedException;
import org.fluidosgi.framework.internal.core.Verdicts.Verdict;

/** Carries out changes of this node's bundles so that each is done or not done, wherever this process or the one that asked ends.
 * An installation or update is put on file, applied to the host, decided, and ended on file: until it is decided it can be taken back. An
 * uninstallation, which cannot, is decided first. What is on file at a start is resumed: it is applied (again) and decided. A change that
 * nobody else asked for needs no decision.
 * Threads: any; what follows a decision runs on {@code later}, which must not refuse. Source: protocol-framework, section 3. */
public final class Changes implements Registration {
  /** Pause before the group store is asked again for a decision that it may have made. */
  public static final Duration RETRY = Duration.ofSeconds(1);

  /** Tries to decide while this node's group store is not the question's, before the change is taken back: who asked waits for an answer. */
  static final int TRIES_ELSEWHERE = 10;

  /** The same for what an earlier run had begun: it may have been decided. */
  static final int TRIES_RESUMED = 600;

  private static final System.Logger LOG = System.getLogger("org.fluidosgi.framework");
  private final Ground ground;
  private final Verdicts verdicts;
  private final Env env;
  private final Executor later;
  private volatile boolean closed;

  /** Where changes take place: the node's file and its host. Each may block. */
  public interface Ground {
    /** Puts it on file, before anything else is done. */
    void begin(Change change) throws Exception;

    /** Has the host do it; also again, when it may have been done before. */
    void apply(Change change) throws Exception;

    /** Has the host take it back, as far as it was done; not of an uninstallation. */
    void undo(Change change) throws Exception;

    /** Puts on file that it is over, done or not, and tells who follows bundles. */
    void end(Change change, boolean done) throws Exception;

    /** It has come so far. */
    void at(Change change, Step step);
  }

  public Changes(Ground ground, Verdicts verdicts, Env env, Executor later) {
    this.ground = ground;
    this.verdicts = verdicts;
    this.env = env;
    this.later = later;
  }

  /** Carries it out; true = done, false = the node that asked had given it up. When nobody needs to decide, the stage is complete
   * at the return. Errors: the stage fails with what the host or the file threw, or with {@link UndecidedException}, and nothing is done then. */
  public CompletionStage<Boolean> carryOut(Change change) {
    try {
      ground.begin(change);
      ground.at(change, Step.BEGUN);
      if (change.kind() != Kind.UNINSTALL) {
        apply(change);
      }
    } catch (Exception e) {
      return CompletableFuture.failedFuture(takenBack(change, e));
    }
    return decide(change, true);
  }

  /** Ends what an earlier run of this node had begun; as {@link #carryOut}, but asks until it is decided. */
  public CompletionStage<Boolean> resume(Change change) {
    LOG.log(Level.INFO, "an earlier run had not ended: {0}", change);
    try {
      if (change.kind() != Kind.UNINSTALL) {
        apply(change);
      }
    } catch (Exception e) {
      return CompletableFuture.failedFuture(takenBack(change, e));
    }
    return decide(change, false);
  }

  private void apply(Change change) throws Exception {
    ground.apply(change);
    ground.at(change, Step.APPLIED);
  }

  /** Takes back what was done of it and ends it; returns the failure that led to it. */
  private Exception takenBack(Change change, Exception why) {
    try {
      if (change.kind() != Kind.UNINSTALL) {
        ground.undo(change);
      }
    } catch (Exception e) {
      LOG.log(
          Level.WARNING, "{0}: what was done of it stays on the host: {1}", change, e.getMessage());
    }
    try {
      ground.end(change, false);
    } catch (Exception e) {
      LOG.log(Level.ERROR, "{0}: the node''s file cannot be written: {1}", change, e.getMessage());
      why.addSuppressed(e);
    }
    return why;
  }

  private CompletionStage<Boolean> decide(Change change, boolean first) {
    CompletableFuture<Boolean> result = new CompletableFuture<>();
    if (change.question() == null) {
      settle(change, Verdict.DONE, result);
    } else {
      ask(
          new Asking(change, change.question(), result),
          first,
          first ? TRIES_ELSEWHERE : TRIES_RESUMED);
    }
    return result;
  }

  /** A decision to be made. */
  private record Asking(Change change, Question question, CompletableFuture<Boolean> result) {}

  /** {@code nothing} = it is certain that no try before this one has written anything. */
  private void ask(Asking asking, boolean nothing, int left) {
    if (closed) {
      asking.result.completeExceptionally(
          new UndecidedException("this node is stopping: it goes on with its next start", false));
      return;
    }
    verdicts
        .done(asking.question)
        .whenComplete((verdict, failure) -> later.execute(() -> {
          if (failure != null) {
            undecided(asking, nothing, left, Failures.cause(failure));
          } else if (verdict != Verdict.ELSEWHERE || left <= 1) {
            settle(asking.change, verdict, asking.result);
          } else {
            again(asking, nothing, left - 1, "its group store is not this node's (yet)");
          }
        }));
  }

  private void undecided(Asking asking, boolean nothing, int left, Throwable cause) {
    boolean none = cause instanceof UndecidedException undecided && undecided.none();
    if (nothing && none) {
      asking.result.completeExceptionally(takenBack(asking.change, (UndecidedException) cause));
    } else {
      again(asking, nothing && none, left, String.valueOf(cause.getMessage()));
    }
  }

  private void again(Asking asking, boolean nothing, int left, String why) {
    LOG.log(Level.DEBUG, "{0}: whether it is done is not decided yet: {1}", asking.change, why);
    env.schedule(RETRY, () -> ask(asking, nothing, left));
  }

  private void settle(Change change, Verdict verdict, CompletableFuture<Boolean> result) {
    ground.at(change, Step.DECIDED);
    if (verdict != Verdict.DONE) {
      LOG.log(
          verdict == Verdict.GIVEN_UP ? Level.INFO : Level.WARNING,
          "{0}: {1}, it is taken back",
          change,
          verdict == Verdict.GIVEN_UP
              ? "given up by the node that asked"
              : "the group store that was to decide it is gone");
      takenBack(change, new IllegalStateException("given up"));
      result.complete(false);
      return;
    }
    try {
      if (change.kind() == Kind.UNINSTALL) {
        apply(change); // refused by the host, it has not taken place
      }
      end(change);
    } catch (Exception e) {
      result.completeExceptionally(takenBack(change, e));
      return;
    }
    ground.at(change, Step.ENDED);
    result.complete(true);
  }

  /** What was decided cannot be taken back: a file that cannot be written then is written at the next start. */
  private void end(Change change) throws Exception {
    try {
      ground.end(change, true);
    } catch (Exception e) {
      if (!change.agreed()) {
        throw e;
      }
      LOG.log(Level.ERROR, "{0}: the node''s file cannot be written: {1}", change, e.getMessage());
    }
  }

  /** Asks for no decision any more; what is not decided is resumed at the next start. */
  @Override
  public void close() {
    closed = true;
  }
}
