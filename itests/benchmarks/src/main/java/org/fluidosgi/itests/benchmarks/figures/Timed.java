package org.fluidosgi.itests.benchmarks.figures;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.IntFunction;
import org.HdrHistogram.Histogram;

/** How long operations took: the median of them in microseconds, which a busy machine does not move much, and processor time of the
 * whole process per operation. */
public record Timed(double p50, double cpu) {
  private static final int DIGITS = 3;

  /** What is timed; may fail. */
  public interface Operation {
    void run(int number) throws Exception;
  }

  /** One after the other on the calling thread. */
  public static Timed here(int count, Operation operation) throws Exception {
    Histogram nanos = new Histogram(DIGITS);
    long cpu = cpuNanos();
    for (int i = 0; i < count; i++) {
      long began = System.nanoTime();
      operation.run(i);
      nanos.recordValue(System.nanoTime() - began);
    }
    return of(nanos, cpuNanos() - cpu);
  }

  /** One after the other, each begun on that queue when the one before has completed there: no thread waits for another. */
  public static Timed queued(Executor queue, int count, IntFunction<CompletionStage<?>> operation) {
    Histogram nanos = new Histogram(DIGITS);
    CompletableFuture<Void> end = new CompletableFuture<>();
    long cpu = cpuNanos();
    queue.execute(() -> next(0, count, operation, nanos, end));
    end.join();
    return of(nanos, cpuNanos() - cpu);
  }

  /** A loop rather than a call for the next where an operation is complete at once. */
  private static void next(
      int first,
      int count,
      IntFunction<CompletionStage<?>> operation,
      Histogram nanos,
      CompletableFuture<Void> end) {
    try {
      for (int i = first; i < count; i++) {
        long began = System.nanoTime();
        CompletableFuture<?> done = operation.apply(i).toCompletableFuture();
        if (!done.isDone()) {
          int after = i + 1;
          done.whenComplete((result, failure) -> {
            nanos.recordValue(System.nanoTime() - began);
            if (failure != null) {
              end.completeExceptionally(failure);
            } else {
              next(after, count, operation, nanos, end);
            }
          });
          return;
        }
        done.join();
        nanos.recordValue(System.nanoTime() - began);
      }
      end.complete(null);
    } catch (RuntimeException e) {
      end.completeExceptionally(e);
    }
  }

  private static Timed of(Histogram nanos, long cpu) {
    return new Timed(nanos.getValueAtPercentile(50) / 1000.0, cpu / 1000.0 / nanos.getTotalCount());
  }

  /** Processor time of this process. */
  public static long cpuNanos() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
  }
}
