package org.fluidosgi.framework.internal.core;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;

/** Runs blocking tasks, those of one key one after another, those of different keys side by side.
 * Limit: {@value #WAITING_MAX} tasks in all; one more is refused at once. Threads: any; state guarded by the monitor, tasks run on the
 * executor without it. */
public final class KeyedTasks {
  /** Most tasks that run or wait. */
  public static final int WAITING_MAX = 256;

  private final Executor executor;
  private final Map<Object, Deque<Step>> queues = new HashMap<>();
  private int waiting;

  /** {@code run} gives what completes when the next of its key may run. */
  private record Step(Supplier<CompletableFuture<?>> run, CompletableFuture<?> result) {}

  public KeyedTasks(Executor executor) {
    this.executor = executor;
  }

  /** Runs the task after the earlier ones of its key. The future fails with what the task threw, or with
   * RejectedExecutionException when too much waits or the node stops. */
  public <T> CompletableFuture<T> run(Object key, Callable<T> task) {
    CompletableFuture<T> result = new CompletableFuture<>();
    CompletableFuture<?> ended = CompletableFuture.completedFuture(true);
    return add(key, result, () -> {
      complete(result, task);
      return ended;
    });
  }

  /** As {@link #run}, for a task that goes on after it returned: the next of its key runs when its stage is complete. */
  public <T> CompletableFuture<T> runStage(Object key, Callable<CompletionStage<T>> task) {
    CompletableFuture<T> result = new CompletableFuture<>();
    return add(key, result, () -> {
      CompletableFuture<CompletionStage<T>> begun = new CompletableFuture<>();
      if (!result.isDone()) {
        complete(begun, task);
      } else {
        begun.cancel(false); // given up while it waited
      }
      return begun.thenCompose(stage -> stage).whenComplete((value, failure) -> {
        if (failure == null) {
          result.complete(value);
        } else {
          result.completeExceptionally(Failures.cause(failure));
        }
      });
    });
  }

  private <T> CompletableFuture<T> add(
      Object key, CompletableFuture<T> result, Supplier<CompletableFuture<?>> run) {
    Step step = new Step(run, result);
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
      executor.execute(() -> step.run.get().whenComplete((value, failure) -> next(key)));
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
