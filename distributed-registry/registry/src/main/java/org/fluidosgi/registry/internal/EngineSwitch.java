package org.fluidosgi.registry.internal;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.registry.internal.core.LocalEngine;
import org.fluidosgi.registry.internal.core.ReplicaStore;
import org.fluidosgi.registry.spi.ClusterEngine;
import org.jspecify.annotations.Nullable;

/** Puts the store on the engine that is wanted, on the local engine when none is. An engine that does not start is replaced by a
 * fresh one after a pause, for ever.
 * Threads: engines are started and closed on the thread fluid-registry-engine only, because both may take long; a change of
 * mind interrupts it. The thread owns {@code running} and {@code pause}; the monitor guards {@code wanted} and {@code task}. */
final class EngineSwitch implements AutoCloseable {
  private static final Logger LOG = System.getLogger("org.fluidosgi.registry");

  /** How long stopping waits for an engine to leave its group. */
  static final int CLOSE_SECONDS_MAX = 5;

  /** Pause before a fresh engine is tried after the first failure; doubled after each further one. */
  static final Duration PAUSE_LEAST = Duration.ofSeconds(1);

  /** Longest such pause. */
  static final Duration PAUSE_MOST = Duration.ofSeconds(60);

  private final String node;
  private final NodeId self;
  private final ReplicaStore store;
  private final ScheduledThreadPoolExecutor thread;
  private volatile @Nullable Listener listener;
  private Duration pause = PAUSE_LEAST;
  private @Nullable ClusterEngine wanted;
  private @Nullable Future<?> task;
  private @Nullable ClusterEngine running;
  private ClusterEngine.@Nullable Handler handler;

  /** What else is done about engines; called on the thread of engines. */
  interface Listener {
    /** An engine started: the group's first view is on its way. */
    void started();

    /** A fresh engine in place of one that did not start, null when there is none. */
    @Nullable
    ClusterEngine renewed(ClusterEngine failed);
  }

  EngineSwitch(String node, NodeId self, ReplicaStore store) {
    this.node = node;
    this.self = self;
    this.store = store;
    thread = new ScheduledThreadPoolExecutor(1, run -> {
      Thread made = new Thread(run, "fluid-registry-engine");
      made.setDaemon(true);
      return made;
    });
    thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  /** Begins on the local engine. */
  void open() {
    useLocal();
  }

  /** Asks and tells that listener from now on. */
  void listen(Listener toTell) {
    listener = toTell;
  }

  /** This engine is wanted now, null for none. */
  synchronized void want(@Nullable ClusterEngine engine) {
    if (engine == wanted || thread.isShutdown()) {
      return;
    }
    wanted = engine;
    if (task != null) {
      task.cancel(true);
    }
    task = thread.submit(this::follow);
  }

  private synchronized @Nullable ClusterEngine wanted() {
    return wanted;
  }

  private void follow() {
    try {
      ClusterEngine target = wanted();
      if (target != running) {
        stopRunning();
        if (target != null) {
          start(target);
        }
      }
    } catch (RuntimeException | LinkageError e) {
      LOG.log(Level.ERROR, node + ": changing the cluster engine failed", e);
    }
  }

  private void start(ClusterEngine engine) {
    ClusterEngine.Handler toAttach = null;
    try {
      if (!engine.self().equals(self)) {
        throw new IllegalArgumentException(
            "the engine is for node " + engine.self() + ", this is " + self);
      }
      toAttach = store.attach(engine);
      LOG.log(Level.INFO, node + ": starting the cluster engine " + engine);
      engine.start(toAttach);
      running = engine;
      handler = toAttach;
      pause = PAUSE_LEAST;
      Listener toTell = listener;
      if (toTell != null) {
        toTell.started();
      }
    } catch (RuntimeException | LinkageError e) {
      if (toAttach != null) {
        store.detach(toAttach);
      }
      closeQuietly(engine);
      useLocal(); // it may have delivered a view already
      if (wanted() == engine) {
        tryAgain(engine, e);
      } else {
        LOG.log(Level.DEBUG, node + ": the start of the cluster engine was given up", e);
      }
    }
  }

  private void tryAgain(ClusterEngine failed, Throwable cause) {
    boolean first = pause.equals(PAUSE_LEAST);
    LOG.log(
        first ? Level.ERROR : Level.DEBUG,
        node + ": the cluster engine did not start; this node works alone and tries again, next in "
            + pause.toSeconds() + " s",
        cause);
    thread.schedule(() -> renew(failed), pause.toMillis(), TimeUnit.MILLISECONDS);
    Duration doubled = pause.multipliedBy(2);
    pause = doubled.compareTo(PAUSE_MOST) > 0 ? PAUSE_MOST : doubled;
  }

  private void renew(ClusterEngine failed) {
    if (wanted() != failed) {
      return;
    }
    Listener toAsk = listener;
    ClusterEngine fresh = toAsk == null ? null : toAsk.renewed(failed);
    if (fresh != null) {
      want(fresh);
    } else {
      LOG.log(Level.DEBUG, node + ": there is no fresh cluster engine to try");
    }
  }

  private void stopRunning() {
    ClusterEngine engine = running;
    if (engine != null) {
      running = null;
      if (handler != null) {
        store.detach(handler);
        handler = null;
      }
      useLocal();
      closeQuietly(engine);
      LOG.log(Level.INFO, node + ": left the cluster engine " + engine + ", this node is alone");
    }
  }

  private void useLocal() {
    LocalEngine local = new LocalEngine(self);
    local.start(store.attach(local));
  }

  private void closeQuietly(ClusterEngine engine) {
    try {
      engine.close();
    } catch (RuntimeException | LinkageError e) {
      LOG.log(Level.WARNING, node + ": closing the cluster engine failed", e);
    }
  }

  /** Leaves the group; waits for that at most {@link #CLOSE_SECONDS_MAX} seconds. */
  @Override
  public void close() {
    want(null);
    thread.shutdown();
    try {
      if (!thread.awaitTermination(CLOSE_SECONDS_MAX, TimeUnit.SECONDS)) {
        LOG.log(
            Level.WARNING,
            node + ": the cluster engine did not close within " + CLOSE_SECONDS_MAX
                + " s, it is interrupted");
        thread.shutdownNow();
      }
    } catch (InterruptedException e) {
      thread.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
