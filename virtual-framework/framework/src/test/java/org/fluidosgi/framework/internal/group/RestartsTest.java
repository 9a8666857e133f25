package org.fluidosgi.framework.internal.group;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.fluidosgi.channel.Env;
import org.fluidosgi.framework.internal.core.KeyedTasks;
import org.fluidosgi.framework.internal.group.Restarts.Start;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class RestartsTest {
  private static final int BUNDLES = 3 * KeyedTasks.WAITING_MAX;
  private final ExecutorService threads = Executors.newFixedThreadPool(4);
  private final KeyedTasks tasks = new KeyedTasks(threads);
  private final LaterEnv env = new LaterEnv();
  private final Restarts restarts = new Restarts("test", tasks, env);
  private final Set<Integer> started = ConcurrentHashMap.newKeySet();
  private final AtomicInteger calls = new AtomicInteger();

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  private List<Start> starts() {
    List<Start> all = new ArrayList<>();
    for (int i = 0; i < BUNDLES; i++) {
      int number = i;
      all.add(new Start(number, () -> {
        calls.incrementAndGet();
        started.add(number);
        if (number % 100 == 0) {
          throw new IllegalStateException("bundle " + number + " fails on purpose");
        }
        return true;
      }));
    }
    return all;
  }

  private CountDownLatch occupy(int places) {
    CountDownLatch gate = new CountDownLatch(1);
    for (int i = 0; i < places; i++) {
      tasks.run("busy", () -> gate.await(20, TimeUnit.SECONDS));
    }
    return gate;
  }

  @Test
  void startsMoreBundlesThanTheQueueHolds() {
    restarts.begin(starts());
    await().until(() -> started.size() == BUNDLES);
    assertEquals(BUNDLES, calls.get(), "each once");
  }

  @Test
  void comesAgainWhenTheQueueIsFull() throws Exception {
    CountDownLatch gate = occupy(KeyedTasks.WAITING_MAX);
    restarts.begin(starts());
    assertEquals(1, env.later.size());
    env.later.remove(0).run();
    assertEquals(1, env.later.size(), "still full");
    assertEquals(0, calls.get());

    gate.countDown();
    tasks.run("busy", () -> true).handle((done, failure) -> true).get();
    await().until(() -> {
      List<Runnable> due = List.copyOf(env.later);
      env.later.removeAll(due);
      due.forEach(Runnable::run);
      return started.size() == BUNDLES;
    });
    assertEquals(BUNDLES, calls.get(), "each once");
  }

  @Test
  void leavesRoomForOthers() throws Exception {
    CountDownLatch gate = new CountDownLatch(1);
    List<Start> slow = new ArrayList<>();
    for (int i = 0; i < BUNDLES; i++) {
      slow.add(new Start("one", () -> gate.await(20, TimeUnit.SECONDS)));
    }
    restarts.begin(slow);
    assertEquals("served", tasks.run("other", () -> "served").get());
    gate.countDown();
  }

  @Test
  void startsNothingOnceClosed() throws Exception {
    CountDownLatch gate = occupy(KeyedTasks.WAITING_MAX);
    restarts.begin(starts());
    restarts.close();
    gate.countDown();
    env.later.forEach(Runnable::run);
    await()
        .until(() -> tasks.run("busy", () -> true).handle((ran, e) -> e == null).get());
    assertTrue(started.isEmpty());
  }

  /** Keeps what is scheduled until the test runs it. */
  private static final class LaterEnv implements Env {
    final List<Runnable> later = new java.util.concurrent.CopyOnWriteArrayList<>();

    @Override
    public void execute(Runnable task) {
      task.run();
    }

    @Override
    public long nanoTime() {
      return System.nanoTime();
    }

    @Override
    public long currentTimeMillis() {
      return System.currentTimeMillis();
    }

    @Override
    public RandomGenerator random() {
      return new Random(1);
    }

    @Override
    public Cancellable schedule(Duration delay, Runnable task) {
      later.add(task);
      return () -> later.remove(task);
    }
  }
}
