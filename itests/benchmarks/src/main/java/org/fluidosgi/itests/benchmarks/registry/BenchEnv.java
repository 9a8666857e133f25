package org.fluidosgi.itests.benchmarks.registry;

import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.fluidosgi.channel.Env;

/** The task queue of one measured node: the same kind of executor as in a real one. A task that throws is told on standard error. */
final class BenchEnv implements Env, AutoCloseable {
  private final ScheduledThreadPoolExecutor executor;
  private final RandomGenerator random = new SplittableRandom(1);

  BenchEnv(String node) {
    executor = new ScheduledThreadPoolExecutor(1, task -> {
      Thread thread = new Thread(task, "bench-tasks-" + node);
      thread.setDaemon(true);
      return thread;
    });
    executor.setRemoveOnCancelPolicy(true);
    executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    executor.setRejectedExecutionHandler((task, of) -> {}); // the node was closed
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
    ScheduledFuture<?> future =
        executor.schedule(() -> run(task), delay.toNanos(), TimeUnit.NANOSECONDS);
    return () -> future.cancel(false);
  }

  private static void run(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException | Error e) {
      System.err.println("a task failed: " + e);
    }
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }
}
