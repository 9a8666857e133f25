package org.fluidosgi.channel;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;
import org.osgi.annotation.versioning.ConsumerType;

/** Time, randomness and tasks as a protocol core sees them, so that a whole cluster runs in a deterministic simulation.
 * Threads: {@link #execute} and {@link #schedule} may be called from any thread; tasks run one at a time, in order.
 * A task that throws is logged and does not stop the queue. Source: style section 5. */
@ConsumerType
public interface Env extends Executor {
  /** Monotonic clock. Shape: nanoseconds, only differences mean something. */
  long nanoTime();

  /** Wall clock. Shape: milliseconds since the epoch; may jump. */
  long currentTimeMillis();

  /** Source of randomness; used on the task queue only. */
  RandomGenerator random();

  /** Runs the task on this node's queue after the delay, unless it was cancelled before. */
  Cancellable schedule(Duration delay, Runnable task);

  /** Handle on a scheduled task. */
  @FunctionalInterface
  interface Cancellable {
    /** Prevents a run that has not begun; idempotent. */
    void cancel();
  }
}
