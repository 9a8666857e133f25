package org.fluidosgi.framework.internal.core;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/** Runs blocking tasks, those of one key one after another, those of different keys side by side.
 * Limit: {@value #WAITING_MAX} tasks in all; one more is refused at once. Threads: any; state guarded by the monitor, tasks run on the
 * executor without it. */
public final class KeyedTasks {
  /** Most tasks that run or wait. */
  public static final int WAITING_MAX = 256;

  private final Executor executor;
  private final Map<Object, Deque<Step>> queues = new HashMap<>();
  private int waiting;

  private record Step(Runnable run, CompletableFuture<?> result) {}

  public KeyedTasks(Executor executor) {
    this.executor = executor;
  }

  /** Runs the task after the earlier ones of its key. The future fails with what the task threw, or with
   * RejectedExecutionException when too much waits or the node stops. */
  public <T> CompletableFuture<T> run(Object key, Callable<T> task) {
    CompletableFuture<T> result = new CompletableFuture<>();
    Step step = new Step(() -> complete(result, task), result);
    boolean first;
    synchronized (queues) {
      if (waiting >= WAITING_MAX) {
        return CompletableFuture.failedFuture(new RejectedExecutionException(
            WAITING_MAX + " operations are waiting on this node: try again later"));
      }
      waiting++;
      Deque<Step> queue = queues.computeIfAbsent(key, k -> new ArrayDeque<>());
      first = queue.isEmpty();
      queue.add(step);
    }
    if (first) {
      submit(key, step);
    }
    return result;
  }

  private static <T> void complete(CompletableFuture<T> result, Callable<T> task) {
    if (result.isDone()) {
      return; // given up while it waited
    }
    try {
      result.complete(task.call());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      result.completeExceptionally(e);
    } catch (Exception | LinkageError | AssertionError e) {
      result.completeExceptionally(e);
    }
  }

  private void submit(Object key, Step step) {
    try {
      executor.execute(() -> {
        try {
          step.run.run();
        } finally {
          next(key);
        }
      });
    } catch (RejectedExecutionException e) {
      step.result.completeExceptionally(new RejectedExecutionException("this node is stopping", e));
      next(key);
    }
  }

  private void next(Object key) {
    Step step;
    synchronized (queues) {
      waiting--;
      Deque<Step> queue = queues.get(key);
      if (queue == null) {
        return;
      }
      queue.poll();
      step = queue.peek();
      if (step == null) {
        queues.remove(key);
        return;
      }
    }
    submit(key, step);
  }
}
