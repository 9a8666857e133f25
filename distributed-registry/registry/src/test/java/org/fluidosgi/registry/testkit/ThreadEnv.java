package org.fluidosgi.registry.testkit;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.fluidosgi.channel.Env;

/** A node's task queue on a thread of its own, in real time. */
public final class ThreadEnv implements Env, AutoCloseable {
  private final ScheduledExecutorService thread;
  private final Random random = new Random(1);

  /** What tasks threw; a correct run has nothing here. */
  public final List<Throwable> failures = new CopyOnWriteArrayList<>();

  public ThreadEnv(String name) {
    thread = Executors.newSingleThreadScheduledExecutor(run -> {
      Thread made = new Thread(run, "test-env-" + name);
      made.setDaemon(true);
      return made;
    });
  }

  @Override
  public void execute(Runnable task) {
    if (!thread.isShutdown()) {
      thread.execute(guard(task));
    }
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
    var scheduled = thread.schedule(guard(task), delay.toNanos(), TimeUnit.NANOSECONDS);
    return () -> scheduled.cancel(false);
  }

  private Runnable guard(Runnable task) {
    return () -> {
      try {
        task.run();
      } catch (RuntimeException | Error e) {
        failures.add(e);
      }
    };
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
