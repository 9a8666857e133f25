package org.fluidosgi.jgroups.internal.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.fluidosgi.channel.ChannelException;
import org.fluidosgi.registry.View;
import org.fluidosgi.registry.testkit.RecordingHandler;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DeliveryTest {
  private static final Member A = Member.of(FakeMultiplexer.info(1, 1));
  private static final Member B1 = Member.of(FakeMultiplexer.info(2, 1));
  private static final Member B2 = Member.of(FakeMultiplexer.info(2, 2));
  private static final Member C = Member.of(FakeMultiplexer.info(3, 1));

  private final RecordingHandler handler = new RecordingHandler();
  private final List<String> departures = new CopyOnWriteArrayList<>();
  private final Delivery delivery = new Delivery(
      A,
      "here",
      handler,
      (view, departed) -> departed.forEach(m -> departures.add(m.toString())),
      task -> new Thread(task, "delivery-test"));

  @AfterEach
  void close() {
    delivery.close();
    assertEquals(List.of(), handler.violations);
  }

  /** Waits until all that was handed over before has been delivered. */
  private void settle() throws Exception {
    CompletableFuture<byte[]> last = new CompletableFuture<>();
    delivery.request(A, new byte[0], last);
    last.get(10, TimeUnit.SECONDS);
  }

  private CompletableFuture<Void> message(Member from, int content) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    delivery.message(from, new byte[] {(byte) content}, done);
    return done;
  }

  private List<List<Long>> views() {
    List<List<Long>> ids = new ArrayList<>();
    for (View view : handler.views) {
      ids.add(
          view.members().stream().map(n -> n.uuid().getLeastSignificantBits()).toList());
    }
    return ids;
  }

  @Test
  void replacedLifeIsShownGoneFirst() throws Exception {
    delivery.view(1, List.of(A, B1, C), false);
    delivery.view(2, List.of(A, B1, C, B2), false);
    delivery.view(3, List.of(A, C, B2), false);
    settle();
    assertEquals(
        List.of(List.of(1L, 2L, 3L), List.of(1L, 3L), List.of(1L, 3L, 2L), List.of(1L, 3L, 2L)),
        views());
    assertEquals(List.of(B1.toString()), departures);
  }

  @Test
  void messageOfAnEarlierLifeIsDropped() throws Exception {
    delivery.view(1, List.of(A, B2), false);
    CompletableFuture<Void> done = message(B1, 1);
    settle();
    assertTrue(done.isCompletedExceptionally());
    assertEquals(List.of(), handler.messages);
  }

  @Test
  void earlyMessagesWaitForTheirViewAndKeepTheirOrder() throws Exception {
    delivery.view(1, List.of(A), false);
    CompletableFuture<Void> first = message(B1, 1);
    CompletableFuture<Void> second = message(B1, 2);
    settle();
    assertEquals(List.of(), handler.messages);
    delivery.view(2, List.of(A, B1), false);
    second.get(10, TimeUnit.SECONDS);
    assertTrue(first.isDone());
    assertArrayEquals(new byte[] {1}, handler.messages.get(0).bytes());
    assertArrayEquals(new byte[] {2}, handler.messages.get(1).bytes());
  }

  @Test
  void messageWhoseSenderNeverComesIsDropped() throws Exception {
    delivery.view(1, List.of(A), false);
    CompletableFuture<Void> done = message(C, 1);
    for (int i = 0; i <= Delivery.EARLY_VIEWS_MAX; i++) {
      delivery.view(2 + i, List.of(A, B1), false);
    }
    settle();
    assertTrue(done.isCompletedExceptionally());
  }

  @Test
  void tooManyEarlyMessagesDropTheOldest() throws Exception {
    delivery.view(1, List.of(A), false);
    CompletableFuture<Void> oldest = message(C, 1);
    for (int i = 0; i < Delivery.EARLY_MAX; i++) {
      message(C, 2);
    }
    settle();
    assertTrue(oldest.isCompletedExceptionally());
  }

  @Test
  void epochRisesThoughJGroupsCountsAgainFromLess() throws Exception {
    delivery.view(7, List.of(A, B1), false);
    delivery.view(3, List.of(A), false);
    settle();
    assertEquals(List.of(7L, 8L), handler.views.stream().map(View::epoch).toList());
  }

  @Test
  void mergeNamesWhoIsNew() throws Exception {
    delivery.view(1, List.of(A, B1), false);
    delivery.view(2, List.of(C, A, B1), true);
    settle();
    assertEquals(Set.of(C.node()), handler.view().mergedFrom());
    assertEquals(Set.of(), handler.views.get(0).mergedFrom());
  }

  @Test
  void suspicionsAreToldOnceAndTakenBack() throws Exception {
    delivery.view(1, List.of(A, B1, C), false);
    delivery.suspects(Set.of(B1.node()));
    delivery.suspects(Set.of(B1.node()));
    delivery.suspects(Set.of(B1.node(), C.node(), A.node()));
    delivery.view(2, List.of(A, C), false);
    delivery.suspects(Set.of());
    settle();
    assertEquals(
        List.of(Set.of(B1.node()), Set.of(B1.node(), C.node()), Set.of(C.node()), Set.of()),
        handler.suspicions);
  }

  @Test
  void failingHandlerFailsTheRequestOnly() throws Exception {
    delivery.view(1, List.of(A), false);
    handler.answering((from, bytes) -> {
      throw new IllegalStateException("no");
    });
    CompletableFuture<byte[]> answer = new CompletableFuture<>();
    delivery.request(A, new byte[0], answer);
    ExecutionException failure =
        assertThrows(ExecutionException.class, () -> answer.get(10, TimeUnit.SECONDS));
    assertEquals("no", failure.getCause().getMessage());
    handler.answering((from, bytes) -> CompletableFuture.completedFuture(bytes));
    settle();
  }

  @Test
  void tooManyUndeliveredBytesDropTheMessage() throws Exception {
    delivery.view(1, List.of(A), false);
    CountDownLatch go = new CountDownLatch(1);
    handler.answering((from, bytes) -> {
      try {
        go.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return CompletableFuture.completedFuture(bytes);
    });
    CompletableFuture<byte[]> blocking = new CompletableFuture<>();
    delivery.request(A, new byte[0], blocking);
    byte[] large = new byte[(16 << 20) - 2 * Delivery.OVERHEAD_BYTES];
    List<CompletableFuture<Void>> done = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      done.add(new CompletableFuture<>());
      delivery.message(A, large, done.get(i));
    }
    go.countDown();
    done.get(3).get(10, TimeUnit.SECONDS);
    ExecutionException failure =
        assertThrows(ExecutionException.class, () -> done.get(4).get());
    assertEquals(ChannelException.class, failure.getCause().getClass());
    assertEquals(4, handler.messages.size());
  }

  @Test
  void earlyMessagesAndRequestsHoldBytesUntilDroppedOrDelivered() throws Exception {
    delivery.view(1, List.of(A), false);
    byte[] large = new byte[(16 << 20) - 2 * Delivery.OVERHEAD_BYTES];
    List<CompletableFuture<byte[]>> answers = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      answers.add(new CompletableFuture<>());
      delivery.request(B1, large, answers.get(i));
    }
    CompletableFuture<Void> message = new CompletableFuture<>();
    delivery.message(B1, large, message);
    CompletableFuture<byte[]> refused = new CompletableFuture<>();
    delivery.request(B1, large, refused);
    assertTrue(refused.isCompletedExceptionally());
    settle();

    answers.get(0).cancel(false); // its caller has given up
    settle(); // the drop may still wait behind the first of these
    settle();
    CompletableFuture<byte[]> accepted = new CompletableFuture<>();
    delivery.request(B1, large, accepted);
    assertFalse(accepted.isDone());

    delivery.view(2, List.of(A, B1), false);
    message.get(10, TimeUnit.SECONDS);
    accepted.get(10, TimeUnit.SECONDS);
    answers.get(1).get(10, TimeUnit.SECONDS);
    for (int i = 0; i < 4; i++) {
      CompletableFuture<byte[]> again = new CompletableFuture<>();
      delivery.request(A, large, again);
      again.get(10, TimeUnit.SECONDS);
    }
  }

  @Test
  void ownMulticastIsDeliveredThoughNobodyWaitsForIt() throws Exception {
    delivery.view(1, List.of(A), false);
    CompletableFuture<Void> done = new CompletableFuture<>();
    done.cancel(false);
    delivery.message(A, new byte[] {1}, done);
    settle();
    assertEquals(1, handler.messages.size());
  }

  @Test
  void nothingIsDeliveredAfterClose() throws Exception {
    delivery.view(1, List.of(A), false);
    settle();
    delivery.close();
    handler.markClosed();
    CompletableFuture<Void> done = message(A, 1);
    delivery.view(2, List.of(A, B1), false);
    assertTrue(done.isCompletedExceptionally());
  }

  @Test
  void emptyMessagesCountToo() throws Exception {
    CountDownLatch held = new CountDownLatch(1);
    delivery.view(1, List.of(A, B1), false);
    handler.answering((from, bytes) -> {
      awaitQuietly(held);
      return CompletableFuture.completedFuture(bytes);
    });
    CompletableFuture<byte[]> blocking = new CompletableFuture<>();
    delivery.request(A, new byte[0], blocking);
    long most = Delivery.UNDELIVERED_BYTES_MAX / Delivery.OVERHEAD_BYTES;
    CompletableFuture<byte[]> last = new CompletableFuture<>();
    for (long i = 0; i <= most && !last.isCompletedExceptionally(); i++) {
      last = new CompletableFuture<>();
      delivery.request(B1, new byte[0], last);
    }
    assertTrue(last.isCompletedExceptionally());
    held.countDown();
    org.awaitility.Awaitility.await("room again").until(() -> {
      CompletableFuture<Void> again = message(B1, 1);
      again.handle((done, failed) -> failed).get(10, TimeUnit.SECONDS);
      return !again.isCompletedExceptionally();
    });
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
