package org.fluidosgi.channel.internal.node;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.fluidosgi.channel.Env;

/** The node's one task thread, with real time. What comes after {@link #close} is left out; beyond {@link #TASKS_MAX} waiting
 * tasks, which means that one of them hangs, more are refused with RejectedExecutionException. */
public final class TaskQueue implements Env, AutoCloseable {
  public static final int TASKS_MAX = 1_000_000;
  private static final long STOP_MILLIS = 2000;

  private final String node;
  private final System.Logger log = System.getLogger("org.fluidosgi.channel");
  private final RandomGenerator random = new SplittableRandom();
  private final ScheduledThreadPoolExecutor executor;
  private volatile boolean closed;

  public TaskQueue(String node) {
    this.node = node;
    executor = new ScheduledThreadPoolExecutor(1, task -> {
      Thread thread = new Thread(task, "fluid-channel-tasks");
      thread.setDaemon(true);
      return thread;
    });
    executor.setRemoveOnCancelPolicy(true);
    executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  @Override
  public void execute(Runnable task) {
    schedule(Duration.ZERO, task);
  }

  @Override
  public long nanoTime() {
    return System.nanoTime();
  }

  @Override
  public long currentTimeMillis() {
    return System.currentTimeMillis();
  }

  @Override
  public RandomGenerator random() {
    return random;
  }

  @Override
  public Cancellable schedule(Duration delay, Runnable task) {
    if (closed) {
      return () -> {};
    }
    if (executor.getQueue().size() >= TASKS_MAX) {
      throw new RejectedExecutionException(node + ": " + TASKS_MAX
          + " tasks wait; a task hangs, look at thread fluid-channel-tasks");
    }
    try {
      ScheduledFuture<?> future =
          executor.schedule(() -> run(task), delay.toNanos(), TimeUnit.NANOSECONDS);
      return () -> future.cancel(false);
    } catch (RejectedExecutionException e) {
      log.log(Level.DEBUG, "{0}: a task came after the node had stopped: {1}", node, task);
      return () -> {};
    }
  }

  private void run(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException | Error e) {
      log.log(Level.ERROR, node + ": a task failed: " + task, e);
    }
  }

  @Override
  public void close() {
    closed = true;
    executor.shutdown();
    try {
      if (!executor.awaitTermination(STOP_MILLIS, TimeUnit.MILLISECONDS)) {
        executor.shutdownNow();
        log.log(
            Level.WARNING,
            "{0}: a task still runs after {1} ms; it was interrupted",
            node,
            STOP_MILLIS);
      }
    } catch (InterruptedException e) {
      executor.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
