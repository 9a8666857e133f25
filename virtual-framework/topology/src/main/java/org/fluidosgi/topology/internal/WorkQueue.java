package org.fluidosgi.topology.internal;

import static java.lang.System.Logger.Level.WARNING;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The one thread on which the topology manager works. Work is named by a key; a key that waits already is not queued again,
 * so that the queue never holds more than one entry per service, endpoint and listener.
 * Threads: {@link #mark} any, never blocks; work runs on {@code fluid-topology-queue}. The monitor guards the waiting work. */
final class WorkQueue {
  static final String THREAD = "fluid-topology-queue";
  static final String LOGGER = "org.fluidosgi.topology";

  private static final System.Logger LOG = System.getLogger(LOGGER);

  private final Map<Object, Runnable> waiting = new LinkedHashMap<>();
  private final Thread thread = new Thread(this::run, THREAD);
  private boolean closed;

  void start() {
    thread.setDaemon(true);
    thread.start();
  }

  /** Queues the work unless work with an equal key waits; drops it after {@link #close}. */
  synchronized void mark(Object key, Runnable work) {
    if (!closed && waiting.putIfAbsent(key, work) == null) {
      notifyAll();
    }
  }

  /** Whether the caller is the queue's thread. */
  boolean onQueue() {
    return Thread.currentThread() == thread;
  }

  /** Drops what waits, runs the last work, ends the thread, and waits for its end for at most that long.
   * Shape: false when the time is up or the waiting thread was interrupted, whose flag then stays set. */
  boolean close(Runnable last, long millisMax) {
    synchronized (this) {
      if (closed) {
        return true;
      }
      closed = true;
      waiting.clear();
      waiting.put(this, last);
      notifyAll();
    }
    if (onQueue()) {
      return true;
    }
    try {
      thread.join(millisMax);
      return !thread.isAlive();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private void run() {
    for (Runnable work = next(); work != null; work = next()) {
      try {
        work.run();
      } catch (RuntimeException | LinkageError e) {
        LOG.log(WARNING, "topology: a task failed, the next one goes on", e);
      }
    }
  }

  private synchronized @Nullable Runnable next() {
    boolean interrupted = false;
    try {
      while (waiting.isEmpty()) {
        if (closed) {
          return null;
        }
        try {
          wait();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      Iterator<Runnable> first = waiting.values().iterator();
      Runnable work = first.next();
      first.remove();
      return work;
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
