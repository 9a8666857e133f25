package org.fluidosgi.registry.internal;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.registry.internal.core.LocalEngine;
import org.fluidosgi.registry.internal.core.ReplicaStore;
import org.fluidosgi.registry.spi.ClusterEngine;
import org.jspecify.annotations.Nullable;

/** Puts the store on the engine that is wanted, on the local engine when none is.
 * Threads: engines are started and closed on the thread fluid-registry-engine only, because both may take long; a change of
 * mind interrupts it. The thread owns {@code running}; the monitor guards {@code wanted} and {@code task}. */
final class EngineSwitch implements AutoCloseable {
  private static final Logger LOG = System.getLogger("org.fluidosgi.registry");

  /** How long stopping waits for an engine to leave its group. */
  static final int CLOSE_SECONDS_MAX = 5;

  private final String node;
  private final NodeId self;
  private final ReplicaStore store;
  private final ExecutorService thread;
  private @Nullable ClusterEngine wanted;
  private @Nullable Future<?> task;
  private @Nullable ClusterEngine running;
  private ClusterEngine.@Nullable Handler handler;

  EngineSwitch(String node, NodeId self, ReplicaStore store) {
    this.node = node;
    this.self = self;
    this.store = store;
    thread = Executors.newSingleThreadExecutor(run -> {
      Thread made = new Thread(run, "fluid-registry-engine");
      made.setDaemon(true);
      return made;
    });
  }

  /** Begins on the local engine. */
  void open() {
    useLocal();
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
    } catch (RuntimeException | LinkageError e) {
      if (toAttach != null) {
        store.detach(toAttach);
      }
      if (wanted() == engine) {
        LOG.log(Level.ERROR, node + ": the cluster engine did not start, this node stays alone", e);
      } else {
        LOG.log(Level.DEBUG, node + ": the start of the cluster engine was given up", e);
      }
      closeQuietly(engine);
      useLocal(); // it may have delivered a view already
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
