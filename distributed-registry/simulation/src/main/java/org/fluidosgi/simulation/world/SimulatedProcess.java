package org.fluidosgi.simulation.world;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.fluidosgi.channel.Env;

/** One process of a simulated world: threads that share its fate. It can hang, its clocks are wrong, and it ends once.
 * Threads: the world's. */
public final class SimulatedProcess {
  /** Longest time a thread needs before it takes its next task. */
  private static final int TASK_MICROS_MAX = 200;

  private static final long NEVER_NANOS = Long.MAX_VALUE / 2;

  private final SimulatedWorld world;
  private final SplittableRandom random;
  private final String name;
  private final double rate;
  private long wallOffsetMillis;
  private long hangsUntil = -NEVER_NANOS;
  private boolean dead;
  private int allTimers;

  /** Shape: {@code rate} is how long its second lasts, in seconds of the world. */
  public SimulatedProcess(SimulatedWorld world, String name, double rate) {
    this.world = world;
    this.name = name;
    this.rate = rate;
    random = world.random();
  }

  /** Name for traces. */
  public String name() {
    return name;
  }

  /** A new thread of it. */
  public SimulatedThread thread() {
    return new SimulatedThread();
  }

  /** How long its second lasts, in seconds of the world. */
  public double rate() {
    return rate;
  }

  /** Ends at once; nothing of it runs any more. */
  public void kill() {
    dead = true;
  }

  /** Whether it ended. */
  public boolean dead() {
    return dead;
  }

  /** Nothing of it runs for that long; then everything that came meanwhile does. */
  public void hang(Duration span) {
    hangsUntil = Math.max(hangsUntil, world.now() + span.toNanos());
  }

  /** Whether it hangs. */
  public boolean hangs() {
    return world.now() < hangsUntil;
  }

  /** Time since it last hung; since the beginning if never. */
  public long sinceHang() {
    return world.now() - hangsUntil;
  }

  /** Its wall clock jumps; the monotonic one does not. */
  public void jump(long millis) {
    wallOffsetMillis += millis;
  }

  /** Tasks that are scheduled for later and not cancelled, of all its threads. */
  public int timers() {
    return allTimers;
  }

  /** One task after the other, and some scheduled for later. */
  public final class SimulatedThread implements Env {
    private final Deque<Runnable> tasks = new ArrayDeque<>();
    private final SplittableRandom own = random.split();
    private boolean scheduled;
    private int timers;

    private SimulatedThread() {}

    /** Tasks that are scheduled for later and not cancelled. */
    public int timers() {
      return timers;
    }

    /** Tasks that wait for their turn. */
    public int waiting() {
      return tasks.size();
    }

    @Override
    public void execute(Runnable task) {
      if (!dead) {
        tasks.add(task);
        scheduleNext();
      }
    }

    private void scheduleNext() {
      if (!scheduled && !tasks.isEmpty()) {
        scheduled = true;
        long cost = random.nextInt(TASK_MICROS_MAX) * 1_000L;
        world.schedule(hangs() ? Math.max(cost, hangsUntil - world.now()) : cost, this::next);
      }
    }

    private void next() {
      scheduled = false;
      if (dead) {
        tasks.clear();
      } else if (hangs()) {
        scheduleNext();
      } else {
        Runnable task = tasks.remove();
        scheduleNext();
        task.run();
      }
    }

    @Override
    public long nanoTime() {
      return (long) (world.now() / rate);
    }

    @Override
    public long currentTimeMillis() {
      return nanoTime() / 1_000_000 + wallOffsetMillis;
    }

    @Override
    public RandomGenerator random() {
      return own;
    }

    @Override
    public Cancellable schedule(Duration delay, Runnable task) {
      boolean[] over = new boolean[1];
      timers++;
      allTimers++;
      Cancellable timer = world.schedule(
          (long) (delay.toNanos() * rate),
          () -> execute(() -> {
            if (!over[0]) {
              over[0] = true;
              timers--;
              allTimers--;
              task.run();
            }
          }));
      return () -> {
        if (!over[0]) {
          over[0] = true;
          timers--;
          allTimers--;
          timer.cancel();
        }
      };
    }
  }
}
