package org.fluidosgi.itests.benchmarks;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.HdrHistogram.Histogram;
import org.fluidosgi.itests.benchmarks.api.EchoService;
import org.fluidosgi.itests.benchmarks.api.Order;

/** What every peer is asked to do: the same calls in the same order, warm-up first. */
final class Workload {
  private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(60);
  private static final int WINDOW = 64;

  private final String peer;
  private final EchoService service;
  private final double scale;
  private final long serverPid;
  private final Consumer<Row> rows;

  /** Shape: {@code scale} stretches every measuring time, 1 = about 20 s in all. */
  Workload(String peer, EchoService service, double scale, long serverPid, Consumer<Row> rows) {
    this.peer = peer;
    this.service = service;
    this.scale = scale;
    this.serverPid = serverPid;
    this.rows = rows;
  }

  /** Runs all of it. Errors: IllegalStateException when the peer answers wrongly. */
  void run() throws InterruptedException {
    byte[] mebibyte = bytes(1 << 20);
    Order order = Order.sample(3);
    check(service.echoInt(42) == 42, "int");
    check(Arrays.equals(mebibyte, service.echoBytes(mebibyte)), "bytes");
    check(order.equals(service.echoOrder(order)), "order");
    Runnable anInt = () -> check(service.echoInt(7) == 7, "int");
    Runnable anOrder = () -> check(service.echoOrder(order).id == order.id, "order");
    Runnable bulk = () -> check(service.echoBytes(mebibyte).length == mebibyte.length, "bytes");

    measure("warm-up", anInt, 1, 1.2);
    measure("warm-up", anOrder, 1, 1.5);
    measure("warm-up", anInt, 16, 1.0);

    rows.accept(measure("int", anInt, 1, 2.0));
    rows.accept(measure("order", anOrder, 1, 1.5));
    rows.accept(measure("int", anInt, 64, 2.0));
    rows.accept(measure("order", anOrder, 64, 1.5));
    measure("warm-up", bulk, 1, 0.5);
    rows.accept(measure("bytes-1MiB", bulk, 1, 1.5));
    if (canAsync()) {
      async(0.7);
      rows.accept(async(1.5));
    }
  }

  private Row measure(String test, Runnable call, int threads, double seconds)
      throws InterruptedException {
    CountDownLatch go = new CountDownLatch(1);
    AtomicLong errors = new AtomicLong();
    long nanos = (long) (seconds * scale * 1e9);
    List<Histogram> histograms = new ArrayList<>();
    List<Thread> callers = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      Histogram histogram = new Histogram(LONGEST_NANOS, 3);
      histograms.add(histogram);
      Thread caller =
          new Thread(() -> callUntil(go, call, nanos, histogram, errors), "bench-caller-" + i);
      caller.setDaemon(true);
      caller.start();
      callers.add(caller);
    }
    long cpu = cpuMicros();
    long begin = System.nanoTime();
    go.countDown();
    for (Thread caller : callers) {
      caller.join();
    }
    double elapsed = (System.nanoTime() - begin) / 1e9;
    Histogram all = new Histogram(LONGEST_NANOS, 3);
    histograms.forEach(all::add);
    long count = all.getTotalCount();
    return new Row(
        peer,
        test,
        threads,
        count,
        count / elapsed,
        all.getValueAtPercentile(50) / 1e3,
        all.getValueAtPercentile(99) / 1e3,
        errors.get(),
        (cpuMicros() - cpu) / (double) Math.max(1, count));
  }

  private static void callUntil(
      CountDownLatch go, Runnable call, long nanos, Histogram histogram, AtomicLong errors) {
    try {
      go.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    long before = System.nanoTime();
    long end = before + nanos;
    while (before < end) {
      try {
        call.run();
      } catch (RuntimeException e) {
        if (errors.incrementAndGet() == 1) {
          System.getLogger("org.fluidosgi.bench")
              .log(Level.WARNING, "the first call that failed", e);
        }
        if (errors.get() > 100) {
          return;
        }
      }
      long after = System.nanoTime();
      histogram.recordValue(Math.min(after - before, LONGEST_NANOS - 1));
      before = after;
    }
  }

  private boolean canAsync() {
    try {
      return service.echoAsync(1).join() == 1;
    } catch (UnsupportedOperationException e) {
      return false;
    }
  }

  /** One thread keeps a window of calls in flight. */
  private Row async(double seconds) throws InterruptedException {
    Semaphore window = new Semaphore(WINDOW);
    AtomicLong done = new AtomicLong();
    AtomicLong errors = new AtomicLong();
    long cpu = cpuMicros();
    long begin = System.nanoTime();
    long end = begin + (long) (seconds * scale * 1e9);
    while (System.nanoTime() < end) {
      window.acquire();
      service.echoAsync(5).whenComplete((value, failure) -> {
        (failure == null ? done : errors).incrementAndGet();
        window.release();
      });
    }
    check(window.tryAcquire(WINDOW, 30, TimeUnit.SECONDS), "asynchronous calls came to an end");
    double elapsed = (System.nanoTime() - begin) / 1e9;
    return new Row(
        peer,
        "async-64",
        1,
        done.get(),
        done.get() / elapsed,
        0,
        0,
        errors.get(),
        (cpuMicros() - cpu) / (double) Math.max(1, done.get()));
  }

  /** Processor time of this process and the server's, from /proc; zero where there is none. */
  private long cpuMicros() {
    return ticks("self") + ticks(Long.toString(serverPid));
  }

  private static long ticks(String pid) {
    try {
      String stat = Files.readString(Path.of("/proc", pid, "stat"));
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      return 10_000L * (Long.parseLong(fields[11]) + Long.parseLong(fields[12]));
    } catch (IOException e) {
      return 0; // no /proc here: the column stays zero
    }
  }

  private static void check(boolean held, String what) {
    if (!held) {
      throw new IllegalStateException("wrong answer: " + what);
    }
  }

  private static byte[] bytes(int count) {
    byte[] data = new byte[count];
    for (int i = 0; i < count; i++) {
      data[i] = (byte) (i * 31);
    }
    return data;
  }
}
