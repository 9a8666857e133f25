package org.fluidosgi.channel.internal.core;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.fluidosgi.channel.Env.Cancellable;
import org.jspecify.annotations.Nullable;

/** Runs a scan of the pending calls when the earliest deadline has come.
 * Why no timer per call: nearly every call is answered long before its deadline, so noting a deadline later than the earliest
 * known one costs one volatile read; the scan finds the next earliest one. Owner of the timer: the link's loop. */
final class Deadlines {
  private static final long NONE = Long.MAX_VALUE;

  /** Finest distance of two scans, so that many near deadlines share one. */
  private static final long GRAIN_NANOS = 2_000_000;

  private final Link link;
  private final LongSupplier nanoTime;
  private final long origin;
  private final Runnable scan;
  private final AtomicLong earliest = new AtomicLong(NONE);
  private @Nullable Cancellable timer;
  private boolean stopped;

  /** The scan calls {@link #note} for each deadline that has not come. */
  Deadlines(Link link, LongSupplier nanoTime, Runnable scan) {
    this.link = link;
    this.nanoTime = nanoTime;
    this.origin = nanoTime.getAsLong();
    this.scan = scan;
  }

  /** Threads: any. Called after the call was put into the table. */
  void note(long deadlineNanos) {
    long at = deadlineNanos - origin;
    long known = earliest.get();
    while (at < known) {
      if (earliest.compareAndSet(known, at)) {
        link.execute(this::arm);
        return;
      }
      known = earliest.get();
    }
  }

  void stop() {
    stopped = true;
    if (timer != null) {
      timer.cancel();
    }
  }

  private void arm() {
    long at = earliest.get();
    if (stopped || at == NONE) {
      return;
    }
    if (timer != null) {
      timer.cancel();
    }
    long wait = Math.max(GRAIN_NANOS, at - (nanoTime.getAsLong() - origin));
    timer = link.schedule(Duration.ofNanos(wait), this::fire);
  }

  private void fire() {
    timer = null;
    earliest.set(NONE);
    scan.run();
  }
}
