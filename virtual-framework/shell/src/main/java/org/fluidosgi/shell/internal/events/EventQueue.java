package org.fluidosgi.shell.internal.events;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Events on their way from those who tell them to the command that prints them.
 * Limit: {@value #WAITING_MAX} wait; further ones are dropped and counted, so nobody who tells is ever held up.
 * Threads: any puts, one takes. */
final class EventQueue {
  static final int WAITING_MAX = 1_000;

  private final BlockingQueue<GroupEvent> waiting = new ArrayBlockingQueue<>(WAITING_MAX);
  private final AtomicLong dropped = new AtomicLong();
  private volatile boolean closed;

  /** Never waits. */
  void put(GroupEvent event) {
    if (!closed && !waiting.offer(event)) {
      dropped.incrementAndGet();
    }
  }

  /** The next event; null when none came in that time. */
  @Nullable
  GroupEvent take(long millis) throws InterruptedException {
    return waiting.poll(millis, TimeUnit.MILLISECONDS);
  }

  /** How many were dropped since the last call. */
  long dropped() {
    return dropped.getAndSet(0);
  }

  boolean closed() {
    return closed;
  }

  /** Whoever takes is to end. */
  void close() {
    closed = true;
  }
}
