package org.fluidosgi.registry.internal.core;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.fluidosgi.channel.Env;

/** The task queue as the store uses it, which knows whether a task of the store waits or runs. While none does, nothing changes the
 * store, and all that was handed to it is in it: then any thread may read it, provided that it finds afterwards that no task came.
 * Invariant: every task counts as begun before it runs, as ended after it. Threads: any. */
final class CountedEnv implements Env {
  /** No moment: a task waits or runs. */
  static final long BUSY = -1;

  private final Env env;
  private final AtomicLong begun = new AtomicLong();
  private final AtomicLong ended = new AtomicLong();

  CountedEnv(Env env) {
    this.env = env;
  }

  /** The present moment if no task waits or runs, else {@link #BUSY}. */
  long moment() {
    long before = ended.get(); // first: at the second look none runs that this one did not see end
    return begun.get() == before ? before : BUSY;
  }

  /** Whether it is the same moment still: no task came since. */
  boolean isStill(long moment) {
    return begun.get() == moment;
  }

  @Override
  public void execute(Runnable task) {
    begun.incrementAndGet(); // already while it waits: whoever handed it over finds it done
    boolean accepted = false;
    try {
      env.execute(() -> run(task));
      accepted = true;
    } finally {
      if (!accepted) {
        ended.incrementAndGet();
      }
    }
  }

  @Override
  public Cancellable schedule(Duration delay, Runnable task) {
    return env.schedule(delay, () -> {
      begun.incrementAndGet();
      run(task);
    });
  }

  private void run(Runnable task) {
    try {
      task.run();
    } finally {
      ended.incrementAndGet();
    }
  }

  @Override
  public long nanoTime() {
    return env.nanoTime();
  }

  @Override
  public long currentTimeMillis() {
    return env.currentTimeMillis();
  }

  @Override
  public RandomGenerator random() {
    return env.random();
  }
}
