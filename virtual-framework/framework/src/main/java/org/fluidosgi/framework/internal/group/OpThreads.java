package org.fluidosgi.framework.internal.group;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.fluidosgi.channel.Env;
import org.fluidosgi.channel.Registration;
import org.fluidosgi.framework.internal.core.KeyedTasks;

/** The threads that operations on bundles run on: as many as operations run, since an activator may wait for what another one is to bring, and
 * none may wait for a thread then. Limit: {@link KeyedTasks#WAITING_MAX} and {@value #MORE} more; one that is idle for a while ends.
 * Threads: any. */
final class OpThreads implements Executor, Registration {
  private static final System.Logger LOG = System.getLogger("org.fluidosgi.framework");

  /** For what follows operations. */
  private static final int MORE = 16;

  private static final int IDLE_SECONDS = 10;

  /** Longest wait for operations that still run at the end. */
  private static final Duration STOP_WAIT = Duration.ofSeconds(2);

  private final ThreadPoolExecutor threads;
  private final Env env;
  private final String node;

  OpThreads(Env env, String node) {
    this.env = env;
    this.node = node;
    AtomicInteger count = new AtomicInteger();
    threads = new ThreadPoolExecutor(
        0,
        KeyedTasks.WAITING_MAX + MORE,
        IDLE_SECONDS,
        TimeUnit.SECONDS,
        new SynchronousQueue<>(),
        task -> {
          Thread thread = new Thread(task, "fluid-framework-op-" + count.incrementAndGet());
          thread.setDaemon(true);
          return thread;
        });
  }

  /** Errors: RejectedExecutionException when all are busy, or after the end. */
  @Override
  public void execute(Runnable task) {
    threads.execute(task);
  }

  /** Runs it as soon as there is room: what follows a decision must not be left out. Dropped after the end. */
  void inTurn(Runnable task) {
    try {
      threads.execute(task);
    } catch (RejectedExecutionException e) {
      if (!threads.isShutdown()) {
        env.schedule(Restarts.AGAIN, () -> inTurn(task));
      }
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
    try {
      if (!threads.awaitTermination(STOP_WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.log(Level.WARNING, "{0}: an operation does not end, its thread stays", node);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
