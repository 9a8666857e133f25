package org.fluidosgi.simulation.world;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import org.fluidosgi.channel.Env;
import org.jspecify.annotations.Nullable;

/** Virtual time: one queue of events, run one after the other on the thread that lets time pass. The seed decides everything
 * random, so the same seed gives the same events in the same order.
 * Threads: one. Errors: a failed check or an event that throws ends the run with {@link CheckFailedException}. */
public final class SimulatedWorld {
  private static final class Event implements Comparable<Event> {
    final long nanos;
    final long number;

    @Nullable
    Runnable run;

    Event(long nanos, long number, Runnable run) {
      this.nanos = nanos;
      this.number = number;
      this.run = run;
    }

    @Override
    public int compareTo(Event other) {
      int byTime = Long.compare(nanos, other.nanos);
      return byTime != 0 ? byTime : Long.compare(number, other.number);
    }
  }

  private final PriorityQueue<Event> events = new PriorityQueue<>();
  private final SplittableRandom random;
  private final Trace trace = new Trace(this::now);
  private final List<Runnable> afterEach = new ArrayList<>();
  private long now;
  private long numbers;
  private long ran;
  private @Nullable CheckFailedException failure;

  public SimulatedWorld(long seed) {
    random = new SplittableRandom(seed);
  }

  /** A source of randomness of its own, so that one part's draws do not shift another's. */
  public SplittableRandom random() {
    return random.split();
  }

  /** Virtual nanoseconds since the beginning. */
  public long now() {
    return now;
  }

  /** Number of events that ran. */
  public long events() {
    return ran;
  }

  /** Events that wait, cancelled ones included. */
  public int waiting() {
    return events.size();
  }

  /** What happened so far. */
  public Trace trace() {
    return trace;
  }

  /** Calls the check after every event. */
  public void afterEach(Runnable check) {
    afterEach.add(check);
  }

  /** Notes that a check failed, from places that must not throw; the first one ends the run after the event under way. */
  public void fail(String checker, String what) {
    if (failure == null) {
      failure = new CheckFailedException(checker, what, now, null);
    }
  }

  /** Runs it after the delay. */
  public Env.Cancellable schedule(long delayNanos, Runnable run) {
    Event event = new Event(now + Math.max(0, delayNanos), numbers++, run);
    events.add(event);
    return () -> event.run = null;
  }

  /** Lets that much time pass. */
  public void advance(Duration span) {
    long end = now + span.toNanos();
    for (Event next = events.peek(); next != null && next.nanos <= end; next = events.peek()) {
      step();
    }
    now = end;
    checkFailure();
  }

  /** Lets time pass, event by event, until the condition holds. Returns whether it did within the limit. */
  public boolean until(Duration limit, java.util.function.BooleanSupplier condition) {
    long end = now + limit.toNanos();
    while (!condition.getAsBoolean()) {
      Event next = events.peek();
      if (next == null || next.nanos > end) {
        now = end;
        return condition.getAsBoolean();
      }
      step();
    }
    return true;
  }

  private void step() {
    Event event = events.remove();
    Runnable run = event.run;
    if (run == null) {
      return; // cancelled
    }
    now = event.nanos;
    ran++;
    try {
      run.run();
      for (Runnable check : afterEach) {
        check.run();
      }
    } catch (CheckFailedException e) {
      throw e;
    } catch (RuntimeException | Error e) {
      throw new CheckFailedException("no-exception", "an event threw " + e, now, e);
    }
    checkFailure();
  }

  private void checkFailure() {
    if (failure != null) {
      throw failure;
    }
  }
}
