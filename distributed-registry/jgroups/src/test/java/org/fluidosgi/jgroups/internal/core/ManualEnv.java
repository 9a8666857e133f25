package org.fluidosgi.jgroups.internal.core;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.fluidosgi.channel.Env;

/** Time that the test lets pass; tasks run in the test's thread. */
final class ManualEnv implements Env {
  private record Timed(long nanos, Runnable task) {}

  private final List<Timed> timed = new ArrayList<>();
  private long now;

  @Override
  public void execute(Runnable task) {
    task.run();
  }

  @Override
  public long nanoTime() {
    return now;
  }

  @Override
  public long currentTimeMillis() {
    return now / 1_000_000;
  }

  @Override
  public RandomGenerator random() {
    return new Random(1);
  }

  @Override
  public Cancellable schedule(Duration delay, Runnable task) {
    Timed added = new Timed(now + delay.toNanos(), task);
    timed.add(added);
    return () -> timed.remove(added);
  }

  void pass(Duration time) {
    long end = now + time.toNanos();
    while (true) {
      Timed next = timed.stream()
          .filter(t -> t.nanos <= end)
          .min(Comparator.comparingLong(Timed::nanos))
          .orElse(null);
      if (next == null) {
        break;
      }
      timed.remove(next);
      now = next.nanos;
      next.task.run();
    }
    now = end;
  }
}
