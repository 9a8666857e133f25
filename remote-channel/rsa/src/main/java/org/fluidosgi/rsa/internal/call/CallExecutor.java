package org.fluidosgi.rsa.internal.call;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.RejectedExecutionHandler;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Threads {@code fluid-rsa-call-N} that run services. An idle thread takes the task, else a new one up to the limit, else the
 * queue up to its limit, else the task is rejected. Threads: any. Limits: threads and queue length, given by configuration. */
public final class CallExecutor implements Executor, AutoCloseable {
  /** Seconds after which an idle thread ends. */
  static final int IDLE_SECONDS = 3;

  private final CountingPool pool;

  public CallExecutor(int threadsMax, int queueMax) {
    EagerQueue queue = new EagerQueue(Math.max(1, queueMax));
    AtomicInteger number = new AtomicInteger();
    pool = new CountingPool(
        threadsMax,
        queue,
        task -> {
          Thread thread = new Thread(task, "fluid-rsa-call-" + number.incrementAndGet());
          thread.setDaemon(true);
          return thread;
        },
        (task, executor) -> {
          if (executor.isShutdown() || !queue.enqueue(task)) {
            throw new RejectedExecutionException(
                "all " + threadsMax + " call threads are busy and " + queueMax
                    + " calls wait: raise fluid.rsa.threads or fluid.rsa.queue, or add nodes");
          }
        });
    queue.pool = pool;
  }

  @Override
  public void execute(Runnable task) {
    pool.execute(task);
  }

  /** Ends the threads; running services are interrupted. */
  @Override
  public void close() {
    pool.shutdownNow();
  }

  /** Waits until no thread is left; false when some service ignores its interrupt. */
  public boolean awaitEnd(long millis) {
    try {
      return pool.awaitTermination(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Refuses a task while a thread may still be added, so that the pool grows before it queues. */
  private static final class EagerQueue extends LinkedBlockingQueue<Runnable> {
    private static final long serialVersionUID = 1L;
    private transient volatile @Nullable CountingPool pool;

    EagerQueue(int capacity) {
      super(capacity);
    }

    boolean enqueue(Runnable task) {
      return super.offer(task);
    }

    @Override
    public boolean offer(Runnable task) {
      CountingPool owner = pool;
      return (owner == null || !owner.shouldGrow()) && super.offer(task);
    }
  }

  /** Counts tasks from their arrival to their end: a thread that took one is busy from then on. */
  private static final class CountingPool extends ThreadPoolExecutor {
    private final AtomicInteger unfinished = new AtomicInteger();

    CountingPool(
        int threadsMax,
        EagerQueue queue,
        ThreadFactory threads,
        RejectedExecutionHandler rejection) {
      super(0, threadsMax, IDLE_SECONDS, TimeUnit.SECONDS, queue, threads, rejection);
    }

    boolean shouldGrow() {
      return unfinished.get() > getPoolSize() && getPoolSize() < getMaximumPoolSize();
    }

    @Override
    public void execute(Runnable task) {
      unfinished.incrementAndGet();
      boolean taken = false;
      try {
        super.execute(task);
        taken = true;
      } finally {
        if (!taken) {
          unfinished.decrementAndGet();
        }
      }
    }

    @Override
    protected void afterExecute(Runnable task, @Nullable Throwable thrown) {
      unfinished.decrementAndGet();
    }
  }
}
