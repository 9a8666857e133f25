package org.fluidosgi.channel.internal.core;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.fluidosgi.channel.CallHeader;
import org.fluidosgi.channel.Channel;
import org.fluidosgi.channel.ChannelException;
import org.fluidosgi.channel.ChannelStream;
import org.fluidosgi.channel.IncomingCall;
import org.fluidosgi.channel.Nodes;
import org.fluidosgi.channel.StandaloneNode;
import org.fluidosgi.channel.StreamHandler;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Many threads do random things to one channel. Each answer is the right one, every future ends, each message arrives once
 * and in order, nothing stays in the tables. The seed is printed on failure and can be set by {@code fluid.test.seed}. */
@Timeout(120)
class ConcurrencyPropertyTest {
  private static final int THREADS = 6;
  private static final int STEPS = 3000 * Integer.getInteger("fluid.test.rounds", 1);

  @TempDir
  Path directory;

  /** Counts messages per stream: each carries its number. Answers requests now, later, or never, as they ask for. */
  private static final class Server implements StreamHandler {
    private final Map<Integer, Integer> next = new ConcurrentHashMap<>();
    private final List<String> wrong = java.util.Collections.synchronizedList(new ArrayList<>());
    private final ExecutorService later = Executors.newFixedThreadPool(2);

    @Override
    public void onMessage(ChannelStream stream, ByteBuffer message) {
      int number = message.getInt();
      int expected = next.merge(stream.id(), 1, Integer::sum) - 1;
      if (number != expected) {
        wrong.add("stream " + stream.id() + ": message " + number + " instead of " + expected);
      }
    }

    @Override
    public CompletionStage<ByteBuffer> onRequest(
        ChannelStream stream, IncomingCall call, ByteBuffer request) {
      return switch (request.get(request.position())) {
        case 0 -> CompletableFuture.completedFuture(request);
        case 1 -> CompletableFuture.supplyAsync(() -> request, later);
        case 2 -> CompletableFuture.failedFuture(new IllegalStateException("asked for"));
        default -> call.whenCancelled().thenApply(nothing -> request);
      };
    }
  }

  @Test
  void randomUse() throws Exception {
    long seed = Long.getLong("fluid.test.seed", new Random().nextLong());
    Server server = new Server();
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try (Nodes nodes = new Nodes(directory)) {
      StandaloneNode a = nodes.open("a");
      StandaloneNode b = nodes.open("b");
      b.multiplexer().serve("server", server);
      Channel channel = a.multiplexer().connect(Nodes.address(b)).get(5, TimeUnit.SECONDS);
      AtomicLong callIds = new AtomicLong();
      List<Future<?>> workers = new ArrayList<>();
      for (int t = 0; t < THREADS; t++) {
        Random random = new Random(seed + t);
        workers.add(threads.submit(() -> {
          work(channel, random, callIds);
          return null;
        }));
      }
      for (Future<?> worker : workers) {
        worker.get(100, TimeUnit.SECONDS);
      }
      assertEquals(List.of(), server.wrong, "seed " + seed);
      Connection atA = (Connection) channel;
      Connection atB = (Connection) b.multiplexer().channels().get(0);
      await("seed " + seed).atMost(Duration.ofSeconds(10)).untilAsserted(() -> {
        assertEquals(0, atA.pendingCalls());
        assertEquals(0, atB.servedCalls());
        assertEquals(0, atA.streams().size());
        assertEquals(0, atB.streams().size());
        assertEquals(0, atA.link().queue().bytes());
      });
      assertTrue(channel.isOpen());
    } catch (ExecutionException e) {
      throw new AssertionError("seed " + seed, e);
    } finally {
      threads.shutdownNow();
      server.later.shutdownNow();
    }
  }

  private record Sent(byte kind, ByteBuffer request, CompletableFuture<ByteBuffer> answer) {}

  private static void work(Channel channel, Random random, AtomicLong callIds) throws Exception {
    ChannelStream stream = channel.open("server");
    int messages = 0;
    List<Sent> sent = new ArrayList<>();
    for (int step = 0; step < STEPS; step++) {
      int what = random.nextInt(100);
      if (what < 40) {
        stream.send(ByteBuffer.allocate(4).putInt(messages++).flip());
      } else if (what < 50) {
        check(sent);
        stream.close();
        stream = channel.open("server");
        messages = 0;
      } else {
        sent.add(request(stream, random, callIds.incrementAndGet()));
      }
      if (sent.size() > 50) {
        check(sent);
      }
    }
    check(sent);
    stream.close();
  }

  private static Sent request(ChannelStream stream, Random random, long callId) {
    byte kind = (byte) random.nextInt(5);
    byte[] bytes = new byte[1 + random.nextInt(random.nextInt(20) == 0 ? 100_000 : 100)];
    random.nextBytes(bytes);
    bytes[0] = kind;
    Duration timeout =
        kind == 3 ? Duration.ofMillis(1 + random.nextInt(20)) : Duration.ofSeconds(60);
    ByteBuffer request = ByteBuffer.wrap(bytes);
    return new Sent(kind, request, stream.request(CallHeader.first(callId, timeout), request));
  }

  private static void check(List<Sent> sent) throws Exception {
    for (Sent call : sent) {
      switch (call.kind()) {
        case 0, 1 -> assertEquals(call.request(), call.answer().get(60, TimeUnit.SECONDS));
        case 2 -> assertTrue(failure(call).contains("asked for"), () -> failure(call));
        case 3 -> assertTrue(failure(call).contains("no answer"), () -> failure(call));
        default -> call.answer().cancel(false);
      }
    }
    sent.clear();
  }

  private static String failure(Sent call) {
    try {
      return "answered " + call.answer().get(60, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      return e.getCause() instanceof ChannelException known
          ? known.getMessage()
          : "" + e.getCause();
    } catch (Exception e) {
      return e.toString();
    }
  }
}
