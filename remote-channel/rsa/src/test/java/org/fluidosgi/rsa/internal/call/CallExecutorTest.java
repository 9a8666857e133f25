package org.fluidosgi.rsa.internal.call;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class CallExecutorTest {
  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void nothingWaitsBehindABusyThreadWhileThePoolMayGrow() throws Exception {
    for (int round = 0; round < 500; round++) {
      try (CallExecutor executor = new CallExecutor(2, 10)) {
        CompletableFuture.runAsync(() -> {}, executor).get(10, TimeUnit.SECONDS);
        CountDownLatch second = new CountDownLatch(1);
        CompletableFuture<Void> first = CompletableFuture.runAsync(() -> await(second), executor);
        executor.execute(second::countDown);
        first.get(10, TimeUnit.SECONDS);
      }
    }
  }

  @Test
  void aRejectedTaskIsNotCounted() throws Exception {
    try (CallExecutor executor = new CallExecutor(1, 1)) {
      CountDownLatch end = new CountDownLatch(1);
      executor.execute(() -> await(end));
      CompletableFuture<String> waiting =
          CompletableFuture.supplyAsync(() -> Thread.currentThread().getName(), executor);
      for (int i = 0; i < 10; i++) {
        assertThrows(RejectedExecutionException.class, () -> executor.execute(() -> {}));
      }
      end.countDown();
      assertEquals("fluid-rsa-call-1", waiting.get(10, TimeUnit.SECONDS));
    }
  }

  @Test
  void closingEndsTheThreads() {
    CallExecutor executor = new CallExecutor(2, 10);
    executor.execute(() -> await(new CountDownLatch(1)));
    executor.close();
    assertTrue(executor.awaitEnd(10_000));
  }
}
