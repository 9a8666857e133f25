package org.fluidosgi.framework.internal.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class KeyedTasksTest {
  private final ExecutorService threads = Executors.newFixedThreadPool(4);
  private final KeyedTasks tasks = new KeyedTasks(threads);

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  @Test
  void oneKeyInOrderOthersBesideIt() throws Exception {
    CountDownLatch gate = new CountDownLatch(1);
    List<Integer> order = new ArrayList<>();
    tasks.run("a", () -> gate.await(20, TimeUnit.SECONDS));
    List<CompletableFuture<Boolean>> later = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      int number = i;
      later.add(tasks.run("a", () -> order.add(number)));
    }
    assertEquals("beside", tasks.run("b", () -> "beside").get());
    assertFalse(later.get(0).isDone());
    gate.countDown();
    for (CompletableFuture<Boolean> each : later) {
      each.get();
    }
    for (int i = 0; i < 50; i++) {
      assertEquals(i, order.get(i));
    }
  }

  @Test
  void theNextOfAKeyWaitsForTheStageOfTheOneBefore() throws Exception {
    CompletableFuture<String> stage = new CompletableFuture<>();
    CompletableFuture<String> first = tasks.runStage("a", () -> stage);
    CompletableFuture<String> next = tasks.run("a", () -> "next of " + stage.isDone());
    assertEquals("beside", tasks.run("b", () -> "beside").get());
    assertFalse(first.isDone() || next.isDone());
    stage.completeExceptionally(new IllegalStateException("x"));
    ExecutionException failed = assertThrows(ExecutionException.class, first::get);
    assertEquals("x", failed.getCause().getMessage());
    assertEquals("next of true", next.get());
    assertThrows(
        ExecutionException.class,
        () -> tasks
            .runStage("a", () -> {
              throw new IllegalStateException("at once");
            })
            .get());
    assertEquals("last", tasks.run("a", () -> "last").get());
  }

  @Test
  void failuresAndGivenUpTasksDoNotStopTheRest() throws Exception {
    CountDownLatch gate = new CountDownLatch(1);
    tasks.run("a", () -> gate.await(20, TimeUnit.SECONDS));
    CompletableFuture<Object> failing = tasks.run("a", () -> {
      throw new IllegalStateException("x");
    });
    boolean[] ran = new boolean[1];
    CompletableFuture<Object> givenUp = tasks.run("a", () -> ran[0] = true);
    givenUp.cancel(false);
    CompletableFuture<String> last = tasks.run("a", () -> "last");
    gate.countDown();
    assertEquals("last", last.get());
    assertThrows(ExecutionException.class, failing::get);
    assertFalse(ran[0], "nobody waited for it any more");
  }

  @Test
  void refusesBeyondTheLimitAndAfterTheEnd() throws Exception {
    CountDownLatch gate = new CountDownLatch(1);
    List<CompletableFuture<Object>> waiting = new ArrayList<>();
    for (int i = 0; i < KeyedTasks.WAITING_MAX; i++) {
      waiting.add(tasks.run("a", () -> {
        gate.await(20, TimeUnit.SECONDS);
        return gate;
      }));
    }
    ExecutionException refused =
        assertThrows(ExecutionException.class, () -> tasks.run("b", () -> 1).get());
    assertTrue(refused.getCause() instanceof RejectedExecutionException);
    gate.countDown();
    for (CompletableFuture<Object> each : waiting) {
      each.get();
    }
    threads.shutdown();
    assertTrue(threads.awaitTermination(20, TimeUnit.SECONDS));
    assertThrows(ExecutionException.class, () -> tasks.run("b", () -> 1).get());
  }
}
