package org.fluidosgi.registry.testkit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import org.fluidosgi.channel.Env;

/** Virtual time: tasks run one after the other in order of their time, on the thread that advances it. A seed decides
 * everything random. */
public final class Simulation {
  private record Task(long nanos, long number, Runnable run) {}

  private final PriorityQueue<Task> tasks =
      new PriorityQueue<>(Comparator.comparingLong(Task::nanos).thenComparingLong(Task::number));
  private final Random random;
  private final List<Throwable> failures = new ArrayList<>();
  private long now;
  private long numbers;

  public Simulation(long seed) {
    random = new Random(seed);
  }

  public Random random() {
    return random;
  }

  /** Virtual nanoseconds since the beginning. */
  public long nanoTime() {
    return now;
  }

  /** What tasks threw; a correct run has nothing here. */
  public List<Throwable> failures() {
    return failures;
  }

  /** Runs the task after the delay. */
  public Env.Cancellable schedule(Duration delay, Runnable task) {
    boolean[] cancelled = new boolean[1];
    tasks.add(new Task(now + delay.toNanos(), numbers++, () -> {
      if (!cancelled[0]) {
        task.run();
      }
    }));
    return () -> cancelled[0] = true;
  }

  /** Lets that much time pass. */
  public void advance(Duration span) {
    long end = now + span.toNanos();
    while (!tasks.isEmpty() && tasks.peek().nanos() <= end) {
      step();
    }
    now = end;
  }

  /** Lets time pass until the condition holds. Errors: AssertionError when it does not within the limit. */
  public void until(String what, Duration limit, BooleanSupplier condition) {
    long end = now + limit.toNanos();
    while (!condition.getAsBoolean()) {
      if (tasks.isEmpty() || tasks.peek().nanos() > end) {
        throw new AssertionError("not within " + limit + " of virtual time: " + what);
      }
      step();
    }
  }

  private void step() {
    Task task = tasks.remove();
    now = Math.max(now, task.nanos());
    try {
      task.run().run();
    } catch (RuntimeException | Error e) {
      failures.add(e);
    }
  }

  /** A node's environment; after {@link SimulatedEnv#kill} its tasks do not run any more. */
  public SimulatedEnv env() {
    return new SimulatedEnv();
  }

  /** One node's tasks in the simulation's time. */
  public final class SimulatedEnv implements Env {
    private boolean dead;
    private long hungUntil;
    private long clockMillis;

    public void kill() {
      dead = true;
    }

    /** The wall clock is set; the monotonic one goes on. */
    public void setClock(Duration by) {
      clockMillis += by.toMillis();
    }

    /** Tasks run only after that time, in their order: the process was stopped and goes on. */
    public void hang(Duration span) {
      hungUntil = now + span.toNanos();
    }

    @Override
    public void execute(Runnable task) {
      schedule(Duration.ZERO, task);
    }

    @Override
    public long nanoTime() {
      return now;
    }

    @Override
    public long currentTimeMillis() {
      return now / 1_000_000 + clockMillis;
    }

    @Override
    public RandomGenerator random() {
      return random;
    }

    @Override
    public Cancellable schedule(Duration delay, Runnable task) {
      boolean[] cancelled = new boolean[1];
      Simulation.this.schedule(delay, () -> run(cancelled, task));
      return () -> cancelled[0] = true;
    }

    private void run(boolean[] cancelled, Runnable task) {
      if (now < hungUntil) {
        Simulation.this.schedule(Duration.ofNanos(hungUntil - now), () -> run(cancelled, task));
      } else if (!dead && !cancelled[0]) {
        task.run();
      }
    }
  }
}
