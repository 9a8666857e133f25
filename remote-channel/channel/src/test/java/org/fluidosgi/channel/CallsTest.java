package org.fluidosgi.channel;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.fluidosgi.channel.ChannelException.Effect;
import org.fluidosgi.channel.ChannelException.Scope;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Streams, messages and requests between two nodes, and how they end. */
@Timeout(60)
class CallsTest {
  private static final Duration LONG = Duration.ofSeconds(30);

  @TempDir
  Path directory;

  private Nodes nodes;
  private StandaloneNode a;
  private StandaloneNode b;

  @BeforeEach
  void open() {
    nodes = new Nodes(directory);
    a = nodes.open("a", "fluid.channel.calls.max", "1000", "fluid.channel.streams.max", "32");
    b = nodes.open("b", "fluid.channel.calls.max", "1000", "fluid.channel.streams.max", "32");
  }

  @AfterEach
  void close() {
    nodes.close();
  }

  /** Answers nothing by itself; remembers what came. */
  private static final class Recorder implements StreamHandler {
    private final Queue<IncomingCall> calls = new ConcurrentLinkedQueue<>();
    private final Queue<CompletableFuture<ByteBuffer>> answers = new ConcurrentLinkedQueue<>();
    private final Queue<String> messages = new ConcurrentLinkedQueue<>();
    private final Queue<ChannelStream> opened = new ConcurrentLinkedQueue<>();
    private final Queue<ChannelStream> closed = new ConcurrentLinkedQueue<>();

    @Override
    public void onOpen(ChannelStream stream) {
      opened.add(stream);
    }

    @Override
    public void onMessage(ChannelStream stream, ByteBuffer message) {
      messages.add(text(message));
    }

    @Override
    public CompletionStage<ByteBuffer> onRequest(
        ChannelStream stream, IncomingCall call, ByteBuffer request) {
      calls.add(call);
      CompletableFuture<ByteBuffer> answer = new CompletableFuture<>();
      answers.add(answer);
      return answer;
    }

    @Override
    public void onClose(ChannelStream stream) {
      closed.add(stream);
    }
  }

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <T extends Throwable> T sneaky(Throwable failure) throws T {
    throw (T) failure;
  }

  private static ByteBuffer utf8(String text) {
    return StandardCharsets.UTF_8.encode(text);
  }

  private static String text(ByteBuffer buffer) {
    return StandardCharsets.UTF_8.decode(buffer).toString();
  }

  private Channel channel() throws Exception {
    return a.multiplexer().connect(Nodes.address(b)).get(5, TimeUnit.SECONDS);
  }

  private ChannelStream stream(String endpoint, StreamHandler handler) throws Exception {
    b.multiplexer().serve(endpoint, handler);
    return channel().open(endpoint);
  }

  private static ChannelException failure(CompletableFuture<?> future) {
    ExecutionException failure =
        assertThrows(ExecutionException.class, () -> future.get(10, TimeUnit.SECONDS));
    return assertInstanceOf(ChannelException.class, failure.getCause());
  }

  private static void assertSays(
      ChannelException failure, Scope scope, Effect effect, String... parts) {
    assertEquals(scope, failure.scope(), failure.getMessage());
    assertEquals(effect, failure.effect(), failure.getMessage());
    for (String part : parts) {
      assertTrue(
          failure.getMessage().contains(part),
          () -> "'" + part + "' is missing in: " + failure.getMessage());
    }
  }

  @Test
  void headerArrivesAndAnswersOvertake() throws Exception {
    Recorder recorder = new Recorder();
    ChannelStream stream = stream("rec", recorder);
    CompletableFuture<ByteBuffer> first =
        stream.request(new CallHeader(-1L, 65_535, Duration.ofMillis(60_000)), utf8("1"));
    CompletableFuture<ByteBuffer> second =
        stream.request(CallHeader.first(Long.MIN_VALUE, Duration.ZERO), utf8("2"));
    await().until(() -> recorder.calls.size() == 2);
    List<IncomingCall> calls = new ArrayList<>(recorder.calls);
    assertEquals(
        new CallHeader(-1L, 65_535, Duration.ofMillis(60_000)), calls.get(0).header());
    assertEquals(CallHeader.first(Long.MIN_VALUE, Duration.ZERO), calls.get(1).header());
    assertEquals(a.localNode().info(), calls.get(0).caller());
    List<CompletableFuture<ByteBuffer>> answers = new ArrayList<>(recorder.answers);
    answers.get(1).complete(utf8("two"));
    assertEquals("two", text(second.get(5, TimeUnit.SECONDS)));
    assertFalse(first.isDone());
    answers.get(0).complete(utf8("one"));
    assertEquals("one", text(first.get(5, TimeUnit.SECONDS)));
  }

  @Test
  void messagesKeepTheirOrderAndBuffersMayBeReused() throws Exception {
    Recorder recorder = new Recorder();
    ChannelStream stream = stream("rec", recorder);
    ByteBuffer reused = ByteBuffer.allocateDirect(16);
    for (int i = 0; i < 5000; i++) {
      reused.clear().put(utf8("m" + i)).flip();
      stream.send(reused);
      assertEquals(0, reused.position());
    }
    await().until(() -> recorder.messages.size() == 5000);
    int i = 0;
    for (String message : recorder.messages) {
      assertEquals("m" + i++, message);
    }
  }

  @Test
  void bothSidesSendOnAStream() throws Exception {
    Recorder atA = new Recorder();
    Recorder atB = new Recorder();
    a.multiplexer().serve("talk", atA);
    ChannelStream stream = stream("talk", atB);
    stream.send(utf8("to b"));
    await().until(() -> atB.messages.contains("to b"));
    ChannelStream back = atB.opened.element();
    back.send(utf8("to a"));
    await().until(() -> atA.messages.contains("to a"));
    assertTrue(atA.opened.isEmpty());
    CompletableFuture<ByteBuffer> answer = back.request(CallHeader.first(1, LONG), utf8("?"));
    await().until(() -> !atA.answers.isEmpty());
    atA.answers.element().complete(utf8("!"));
    assertEquals("!", text(answer.get(5, TimeUnit.SECONDS)));
  }

  @Test
  void largePayloadsSurviveAndTooLargeOnesAreRefused() throws Exception {
    ChannelStream stream = stream("echo", new TwoNodesTest.Echo());
    Random random = new Random(42);
    for (int size : new int[] {0, 1, 16_383, 16_384, 65_536, 1 << 20, (16 << 20) - 20}) {
      byte[] bytes = new byte[size];
      random.nextBytes(bytes);
      ByteBuffer answer = stream
          .request(CallHeader.first(size, LONG), ByteBuffer.wrap(bytes))
          .get(20, TimeUnit.SECONDS);
      assertEquals(ByteBuffer.wrap(bytes), answer);
    }
    ByteBuffer tooLarge = ByteBuffer.allocate((16 << 20) - 19);
    assertSays(
        failure(stream.request(CallHeader.first(1, LONG), tooLarge)),
        Scope.CALL,
        Effect.NONE,
        "16777197",
        "fluid.channel.frame.bytes.max");
    assertThrows(ChannelException.class, () -> stream.send(ByteBuffer.allocate(16 << 20)));
  }

  @Test
  void deadlineFailsTheCallAndCancelsTheWork() throws Exception {
    Recorder recorder = new Recorder();
    ChannelStream stream = stream("rec", recorder);
    CompletableFuture<ByteBuffer> slow = stream.request(CallHeader.first(1, LONG), utf8("s"));
    long start = System.nanoTime();
    CompletableFuture<ByteBuffer> quick =
        stream.request(CallHeader.first(2, Duration.ofMillis(100)), utf8("q"));
    assertSays(
        failure(quick),
        Scope.CALL,
        Effect.UNKNOWN,
        "b (" + Nodes.address(b) + ")",
        "endpoint rec",
        "100 ms");
    long millis = (System.nanoTime() - start) / 1_000_000;
    assertTrue(millis >= 99 && millis < 5000, millis + " ms");
    List<IncomingCall> calls = new ArrayList<>(recorder.calls);
    calls.get(1).whenCancelled().get(5, TimeUnit.SECONDS);
    assertFalse(calls.get(0).whenCancelled().isDone());
    assertFalse(slow.isDone());
    // A late answer to a call that is over changes nothing.
    new ArrayList<>(recorder.answers).get(1).complete(utf8("late"));
    new ArrayList<>(recorder.answers).get(0).complete(utf8("in time"));
    assertEquals("in time", text(slow.get(5, TimeUnit.SECONDS)));
  }

  @Test
  void cancellingTellsThePeer() throws Exception {
    Recorder recorder = new Recorder();
    ChannelStream stream = stream("rec", recorder);
    CompletableFuture<ByteBuffer> cancelled = stream.request(CallHeader.first(1, LONG), utf8("1"));
    CompletableFuture<ByteBuffer> timedOut =
        stream.request(CallHeader.first(2, LONG), utf8("2")).orTimeout(50, TimeUnit.MILLISECONDS);
    await().until(() -> recorder.calls.size() == 2);
    cancelled.cancel(true);
    for (IncomingCall call : recorder.calls) {
      call.whenCancelled().get(5, TimeUnit.SECONDS);
    }
    assertTrue(timedOut.isCompletedExceptionally());
    // The ids are free again.
    stream.request(CallHeader.first(1, LONG), utf8("again"));
    await().until(() -> recorder.calls.size() == 3);
  }

  @Test
  void failuresOfHandlersReachTheCallerOnly() throws Exception {
    ChannelStream stream = stream("bad", new StreamHandler() {
      @Override
      public CompletionStage<ByteBuffer> onRequest(
          ChannelStream s, IncomingCall call, ByteBuffer request) {
        return switch (text(request.duplicate())) {
          case "throw" -> throw new IllegalStateException("thrown");
          case "error" -> throw new NoClassDefFoundError("missing");
          case "checked" -> throw CallsTest.<RuntimeException>sneaky(new Exception("checked"));
          case "fail" ->
            CompletableFuture.supplyAsync(() -> {
              throw new IllegalStateException("failed");
            });
          case "done" ->
            CompletableFuture.failedFuture(
                new ChannelException(Scope.CALL, Effect.DONE, "it is done"));
          case "null" -> null;
          case "null value" -> CompletableFuture.completedFuture(null);
          default -> CompletableFuture.completedFuture(request);
        };
      }
    });
    assertSays(
        failure(stream.request(CallHeader.first(1, LONG), utf8("throw"))),
        Scope.CALL,
        Effect.UNKNOWN,
        "thrown",
        "endpoint bad of b");
    assertSays(
        failure(stream.request(CallHeader.first(2, LONG), utf8("fail"))),
        Scope.CALL,
        Effect.UNKNOWN,
        "failed");
    assertSays(
        failure(stream.request(CallHeader.first(3, LONG), utf8("done"))),
        Scope.CALL,
        Effect.DONE,
        "it is done");
    assertSays(
        failure(stream.request(CallHeader.first(4, LONG), utf8("null"))),
        Scope.CALL,
        Effect.UNKNOWN,
        "null");
    assertSays(
        failure(stream.request(CallHeader.first(5, LONG), utf8("null value"))),
        Scope.CALL,
        Effect.UNKNOWN,
        "null");
    assertEquals(
        "fine",
        text(stream.request(CallHeader.first(6, LONG), utf8("fine")).get(5, TimeUnit.SECONDS)));
  }

  @Test
  void handlerThatFailsOnAMessageLosesItsStreamOnly() throws Exception {
    ChannelStream bad = stream("bad", new StreamHandler() {
      @Override
      public void onMessage(ChannelStream s, ByteBuffer message) {
        throw new IllegalStateException("thrown");
      }
    });
    ChannelStream good = stream("echo", new TwoNodesTest.Echo());
    bad.send(utf8("x"));
    assertSays(bad.whenClosed().get(5, TimeUnit.SECONDS), Scope.STREAM, Effect.UNKNOWN, "thrown");
    assertThrows(ChannelException.class, () -> bad.send(utf8("y")));
    good.request(CallHeader.first(1, LONG), utf8("x")).get(5, TimeUnit.SECONDS);
  }

  @Test
  void unknownEndpointFailsWithEffectNone() throws Exception {
    ChannelStream stream = channel().open("nobody");
    assertSays(
        failure(stream.request(CallHeader.first(1, LONG), utf8("x"))),
        Scope.STREAM,
        Effect.NONE,
        "no endpoint 'nobody'");
    assertEquals(Scope.STREAM, stream.whenClosed().get(5, TimeUnit.SECONDS).scope());
    assertThrows(IllegalArgumentException.class, () -> channel().open("Bad Name"));
    assertThrows(IllegalArgumentException.class, () -> channel().open("x".repeat(65)));
  }

  @Test
  void withdrawnEndpointClosesItsStreams() throws Exception {
    Recorder recorder = new Recorder();
    Registration registration = b.multiplexer().serve("rec", recorder);
    assertThrows(IllegalStateException.class, () -> b.multiplexer().serve("rec", recorder));
    ChannelStream stream = channel().open("rec");
    CompletableFuture<ByteBuffer> pending = stream.request(CallHeader.first(1, LONG), utf8("x"));
    await().until(() -> !recorder.calls.isEmpty());
    registration.close();
    registration.close();
    assertSays(failure(pending), Scope.STREAM, Effect.UNKNOWN, "withdrawn");
    recorder.calls.element().whenCancelled().get(5, TimeUnit.SECONDS);
    await().until(() -> recorder.closed.size() == 1);
    assertTrue(channel().isOpen());
    b.multiplexer().serve("rec", recorder);
  }

  @Test
  void closedStreamFailsItsCallsOnBothSides() throws Exception {
    Recorder recorder = new Recorder();
    ChannelStream stream = stream("rec", recorder);
    CompletableFuture<ByteBuffer> pending = stream.request(CallHeader.first(1, LONG), utf8("x"));
    await().until(() -> !recorder.calls.isEmpty());
    stream.close();
    stream.close();
    assertSays(failure(pending), Scope.STREAM, Effect.UNKNOWN, "closed by a");
    recorder.calls.element().whenCancelled().get(5, TimeUnit.SECONDS);
    await().until(() -> recorder.closed.size() == 1);
    assertSays(
        failure(stream.request(CallHeader.first(2, LONG), utf8("x"))),
        Scope.STREAM,
        Effect.NONE,
        "closed");
  }

  @Test
  void closingFailsEveryPendingCallAtOnce() throws Exception {
    Recorder recorder = new Recorder();
    ChannelStream stream = stream("rec", recorder);
    List<String> order = new ArrayList<>();
    a.multiplexer().listen(new ChannelListener() {
      @Override
      public void closed(Channel channel, ChannelException cause) {
        order.add("listener, stream closed " + stream.whenClosed().isDone());
      }
    });
    List<CompletableFuture<ByteBuffer>> pending = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      pending.add(stream.request(CallHeader.first(i, LONG), utf8("x")));
    }
    await().until(() -> recorder.calls.size() == 500);
    pending.get(499).whenComplete((value, failure) -> order.add("call"));
    long start = System.nanoTime();
    b.close();
    for (CompletableFuture<ByteBuffer> call : pending) {
      assertSays(failure(call), Scope.CHANNEL, Effect.UNKNOWN, "b is stopping");
    }
    assertTrue(System.nanoTime() - start < 3_000_000_000L);
    stream.whenClosed().get(5, TimeUnit.SECONDS);
    await().until(() -> order.size() == 2);
    assertEquals(List.of("call", "listener, stream closed true"), order);
    assertFalse(stream.channel().isOpen());
    assertThrows(ChannelException.class, () -> stream.channel().open("x"));
    assertSays(
        failure(stream.request(CallHeader.first(9, LONG), utf8("x"))),
        Scope.CHANNEL,
        Effect.NONE,
        "gone");
    assertSays(failure(stream.channel().ping()), Scope.CHANNEL, Effect.NONE, "closed");
  }

  @Test
  void messagesGivenBeforeClosingArrive() throws Exception {
    Recorder recorder = new Recorder();
    ChannelStream stream = stream("rec", recorder);
    for (int i = 0; i < 3000; i++) {
      stream.send(utf8("m" + i));
    }
    a.close();
    await().until(() -> recorder.closed.size() == 1);
    assertEquals(3000, recorder.messages.size());
  }

  @Test
  void whatWasNotWrittenHasNoEffect() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    ChannelStream stream = stream("stuck", new StreamHandler() {
      @Override
      public CompletionStage<ByteBuffer> onRequest(
          ChannelStream s, IncomingCall call, ByteBuffer request) {
        try {
          release.await(); // a handler that misbehaves, so that the socket fills up
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
        return CompletableFuture.completedFuture(request);
      }
    });
    ByteBuffer megabyte = ByteBuffer.allocate(1 << 20);
    List<CompletableFuture<ByteBuffer>> calls = new ArrayList<>();
    CompletableFuture<ByteBuffer> last;
    do {
      last = stream.request(CallHeader.first(calls.size(), LONG), megabyte);
      calls.add(last);
    } while (!last.isCompletedExceptionally() && calls.size() < 500);
    assertSays(failure(last), Scope.CALL, Effect.NONE, "fluid.channel.queue.bytes.max");
    CompletableFuture<ByteBuffer> expired = calls.get(calls.size() - 2);
    stream.channel().close();
    assertSays(failure(calls.get(0)), Scope.CHANNEL, Effect.UNKNOWN);
    assertSays(failure(expired), Scope.CHANNEL, Effect.NONE);
    release.countDown();
  }

  @Test
  void limitsOfCallsAndStreams() throws Exception {
    Recorder recorder = new Recorder();
    ChannelStream stream = stream("rec", recorder);
    for (int i = 0; i < 1000; i++) {
      stream.request(CallHeader.first(i, LONG), utf8("x"));
    }
    assertSays(
        failure(stream.request(CallHeader.first(-1, LONG), utf8("x"))),
        Scope.CALL,
        Effect.NONE,
        "1000",
        "fluid.channel.calls.max");
    for (int i = 1; i < 32; i++) {
      channel().open("rec");
    }
    ChannelException streams =
        assertThrows(ChannelException.class, () -> channel().open("rec"));
    assertSays(streams, Scope.STREAM, Effect.NONE, "32", "fluid.channel.streams.max");
    stream.close();
    channel().open("rec");
  }

  @Test
  void sameCallIdTwiceAtATimeIsRefused() throws Exception {
    Recorder recorder = new Recorder();
    ChannelStream stream = stream("rec", recorder);
    stream.request(CallHeader.first(7, LONG), utf8("x"));
    assertSays(
        failure(stream.request(new CallHeader(7, 1, LONG), utf8("x"))),
        Scope.CALL,
        Effect.NONE,
        "7",
        "already");
  }

  @Test
  void silentPeerIsClosed() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    StandaloneNode c = nodes.open(
        "c", "fluid.channel.heartbeat.millis", "100", "fluid.channel.silence.millis", "500");
    b.multiplexer().serve("stuck", new StreamHandler() {
      @Override
      public void onMessage(ChannelStream s, ByteBuffer message) {
        try {
          release.await();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
    });
    Channel channel = c.multiplexer().connect(Nodes.address(b)).get(5, TimeUnit.SECONDS);
    channel.open("stuck").send(utf8("x"));
    assertSays(
        channel.whenClosed().get(10, TimeUnit.SECONDS),
        Scope.CHANNEL,
        Effect.UNKNOWN,
        "silent for 500 ms");
    release.countDown();
  }

  @Test
  void idleChannelStaysOpen() throws Exception {
    StandaloneNode c = nodes.open(
        "c", "fluid.channel.heartbeat.millis", "100", "fluid.channel.silence.millis", "1000");
    Channel channel = c.multiplexer().connect(Nodes.address(b)).get(5, TimeUnit.SECONDS);
    CompletableFuture<ChannelException> closed = channel.whenClosed();
    await()
        .during(Duration.ofMillis(2500))
        .atMost(Duration.ofSeconds(10))
        .until(() -> !closed.isDone());
  }

  @Test
  void failingListenersDoNotStopOthers() throws Exception {
    AtomicInteger told = new AtomicInteger();
    a.multiplexer().listen(new ChannelListener() {
      @Override
      public void opened(Channel channel) {
        throw new IllegalStateException("on purpose");
      }
    });
    Registration second = a.multiplexer().listen(new ChannelListener() {
      @Override
      public void opened(Channel channel) {
        told.incrementAndGet();
      }

      @Override
      public void closed(Channel channel, ChannelException cause) {
        told.addAndGet(10);
      }
    });
    Channel channel = channel();
    assertEquals(1, told.get());
    channel.close();
    await().until(() -> told.get() == 11);
    second.close();
    channel();
    assertEquals(11, told.get());
  }
}
