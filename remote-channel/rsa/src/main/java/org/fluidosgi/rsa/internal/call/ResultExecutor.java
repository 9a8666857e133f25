package org.fluidosgi.rsa.internal.call;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Threads {@code fluid-rsa-result-N} on which asynchronous results complete. They run no services, and nothing is queued: a
 * service that waits for a result never stands in the way of that result. Threads: any. Limits: threads, given by configuration.
 * Errors: {@link RejectedExecutionException} when all threads are busy; the result must then complete elsewhere. */
public final class ResultExecutor implements Executor, AutoCloseable {
  private final ThreadPoolExecutor pool;

  public ResultExecutor(int threadsMax) {
    AtomicInteger number = new AtomicInteger();
    pool = new ThreadPoolExecutor(
        0,
        threadsMax,
        CallExecutor.IDLE_SECONDS,
        TimeUnit.SECONDS,
        new SynchronousQueue<>(),
        task -> {
          Thread thread = new Thread(task, "fluid-rsa-result-" + number.incrementAndGet());
          thread.setDaemon(true);
          return thread;
        });
  }

  @Override
  public void execute(Runnable task) {
    pool.execute(task);
  }

  /** Ends the threads; dependents of results that still run are interrupted. */
  @Override
  public void close() {
    pool.shutdownNow();
  }

  /** Waits until no thread is left; false when some dependent ignores its interrupt. */
  public boolean awaitEnd(long millis) {
    try {
      return pool.awaitTermination(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
