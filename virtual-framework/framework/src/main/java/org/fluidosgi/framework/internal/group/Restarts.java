package org.fluidosgi.framework.internal.group;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.fluidosgi.channel.Env;
import org.fluidosgi.channel.Registration;
import org.fluidosgi.framework.internal.core.KeyedTasks;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleException;

/** Starts the bundles that are to run, each in its turn among the other operations on it.
 * Invariant: none is left out because the operations' queue is full; it is offered again until it is taken, or this is closed.
 * Limit: {@value #UNDER_WAY_MAX} at once, so that the queue keeps room for what the group asks. Threads: any; state guarded by the
 * monitor, nobody is called while it is held. */
final class Restarts implements Registration {
  /** Most starts that run or wait in the operations' queue. */
  static final int UNDER_WAY_MAX = KeyedTasks.WAITING_MAX / 2;

  /** Pause before those are offered again that found no room. */
  static final Duration AGAIN = Duration.ofMillis(500);

  private static final System.Logger LOG = System.getLogger("org.fluidosgi.framework");
  private final String node;
  private final KeyedTasks tasks;
  private final Env env;
  private final Deque<Start> left = new ArrayDeque<>();
  private boolean waiting;
  private int underWay;
  private boolean closed;

  /** One bundle's start; the key is that of its operations. */
  record Start(Object key, Callable<Boolean> task) {}

  Restarts(String node, KeyedTasks tasks, Env env) {
    this.node = node;
    this.tasks = tasks;
    this.env = env;
  }

  /** Starts them in that order. */
  void begin(Collection<Start> all) {
    synchronized (this) {
      left.addAll(all);
    }
    offer();
  }

  private void offer() {
    for (Start next = next(); next != null; next = next()) {
      Start start = next;
      CompletableFuture<Boolean> result = tasks.run(start.key, () -> run(start));
      if (refused(result)) {
        later(start);
        return;
      }
    }
  }

  private synchronized @Nullable Start next() {
    if (closed || underWay >= UNDER_WAY_MAX) {
      return null; // the end of one offers the next
    }
    Start next = left.poll();
    if (next != null) {
      underWay++;
    }
    return next;
  }

  private static boolean refused(CompletableFuture<Boolean> result) {
    return result.isCompletedExceptionally()
        && result
            .handle((done, failure) -> failure instanceof RejectedExecutionException)
            .join();
  }

  private void later(Start start) {
    LOG.log(Level.DEBUG, "{0}: no room to start {1}, again in {2}", node, start.key, AGAIN);
    boolean first;
    synchronized (this) {
      underWay--;
      left.addFirst(start);
      first = !closed && !waiting;
      waiting |= first;
    }
    if (first) {
      env.schedule(AGAIN, this::comeAgain);
    }
  }

  private void comeAgain() {
    synchronized (this) {
      waiting = false;
    }
    offer();
  }

  private boolean run(Start start) {
    try {
      return start.task.call();
    } catch (Exception | LinkageError | AssertionError e) {
      String why = e instanceof BundleException && e.getMessage() != null
          ? HostErrors.oneLine(e.getMessage()) // worded by us, it names the bundle
          : "start " + start.key + ": " + HostErrors.oneLine(e.toString());
      LOG.log(Level.ERROR, "{0}: {1}", node, why);
      return false;
    } finally {
      synchronized (this) {
        underWay--;
      }
      offer();
    }
  }

  /** What has not been taken is not started any more. */
  @Override
  public synchronized void close() {
    closed = true;
    left.clear();
  }
}
