package org.fluidosgi.rsa.internal.connect;

import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Threads {@code fluid-rsa-connect-N}: each lane runs its tasks one at a time, in order, and holds a thread only while it has some.
 * Threads: any. Limits: one thread for each lane that is at work, so no more than there are connections. */
public final class Lanes implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("org.fluidosgi.rsa");
  private static final int IDLE_SECONDS = 3;

  private final ThreadPoolExecutor pool;

  public Lanes() {
    AtomicInteger number = new AtomicInteger();
    pool = new ThreadPoolExecutor(
        0, Integer.MAX_VALUE, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
          Thread thread = new Thread(task, "fluid-rsa-connect-" + number.incrementAndGet());
          thread.setDaemon(true);
          return thread;
        });
  }

  /** A new lane. What a task throws is logged. */
  Executor lane() {
    return new Lane();
  }

  /** Lets what is queued run, on the threads that ask for it from now on. */
  @Override
  public void close() {
    pool.shutdown();
  }

  /** Waits until no thread is left, interrupting what still runs in the end; false when some listener ignores that. */
  public boolean awaitEnd(long millis) {
    try {
      if (pool.awaitTermination(millis / 2, TimeUnit.MILLISECONDS)) {
        return true;
      }
      pool.shutdownNow();
      return pool.awaitTermination(millis / 2, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private final class Lane implements Executor {
    private final Queue<Runnable> waiting = new ArrayDeque<>(); // guarded by itself
    private boolean running; // guarded by waiting

    @Override
    public void execute(Runnable task) {
      synchronized (waiting) {
        waiting.add(task);
        if (running) {
          return;
        }
        running = true;
      }
      try {
        pool.execute(this::drain);
      } catch (RejectedExecutionException e) {
        drain(); // our bundle is stopping: better told here than never
      } catch (RuntimeException | Error e) {
        synchronized (waiting) {
          running = false; // there is no thread now; the next task tries again
        }
        throw e;
      }
    }

    private void drain() {
      while (true) {
        Runnable next;
        synchronized (waiting) {
          next = waiting.poll();
          if (next == null) {
            running = false;
            return;
          }
        }
        try {
          next.run();
        } catch (Throwable e) { // also what is thrown though nobody declares it
          LOG.log(Level.WARNING, "a task of an explicit connection failed", e);
        }
      }
    }
  }
}
