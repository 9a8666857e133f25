package org.fluidosgi.channel;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The wire between two nodes is cut or goes dead at any byte: no call hangs, both sides notice. */
@Timeout(120)
class FaultTest {
  private static final int ROUNDS = 15 * Integer.getInteger("fluid.test.rounds", 1);

  @TempDir
  Path directory;

  private Nodes nodes;

  @BeforeEach
  void open() {
    nodes = new Nodes(directory);
  }

  @AfterEach
  void close() {
    nodes.close();
  }

  /** Passes a number of bytes in each direction, then cuts both, or swallows all that follows. */
  private static final class Wire implements AutoCloseable {
    private final ServerSocket server = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
    private final List<Socket> sockets = new ArrayList<>();
    private final NodeAddress target;
    private final AtomicInteger budget;
    private final boolean cut;

    Wire(NodeAddress target, int bytes, boolean cut) throws IOException {
      this.target = target;
      this.budget = new AtomicInteger(bytes);
      this.cut = cut;
      start(this::accept);
    }

    NodeAddress address() {
      return new NodeAddress("127.0.0.1", server.getLocalPort());
    }

    private static void start(Runnable task) {
      Thread thread = new Thread(task, "wire");
      thread.setDaemon(true);
      thread.start();
    }

    private void accept() {
      try {
        while (true) {
          Socket from = server.accept();
          Socket to = new Socket(target.host(), target.port());
          synchronized (sockets) {
            sockets.add(from);
            sockets.add(to);
          }
          start(() -> pass(from, to));
          start(() -> pass(to, from));
        }
      } catch (IOException e) {
        // closed
      }
    }

    private void pass(Socket from, Socket to) {
      byte[] buffer = new byte[4096];
      try (from;
          to) {
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream();
        int count = in.read(buffer);
        while (count >= 0) {
          int left = budget.getAndAdd(-count);
          out.write(buffer, 0, Math.max(0, Math.min(left, count)));
          if (left < count && cut) {
            return;
          }
          count = in.read(buffer);
        }
      } catch (IOException e) {
        // the other direction cut it
      }
    }

    @Override
    public void close() throws IOException {
      server.close();
      synchronized (sockets) {
        for (Socket socket : sockets) {
          socket.close();
        }
      }
    }
  }

  @Test
  void cutAtAnyByte() throws Exception {
    long seed = Long.getLong("fluid.test.seed", new Random().nextLong());
    Random random = new Random(seed);
    StandaloneNode a = nodes.open("a");
    StandaloneNode b = nodes.open("b");
    b.multiplexer().serve("echo", new TwoNodesTest.Echo());
    int opened = 0;
    for (int round = 0; round < ROUNDS; round++) {
      try (Wire wire = new Wire(Nodes.address(b), random.nextInt(20_000), true)) {
        String where = "seed " + seed + ", round " + round;
        CompletableFuture<Channel> dial = a.multiplexer().connect(wire.address());
        try {
          Channel channel = dial.get(10, TimeUnit.SECONDS);
          opened++;
          callUntilItBreaks(channel, where);
        } catch (ExecutionException e) {
          assertInstanceOf(ChannelException.class, e.getCause(), where);
        }
        await(where)
            .pollInterval(Duration.ofMillis(10))
            .until(() -> a.multiplexer().channels().isEmpty());
        await(where)
            .pollInterval(Duration.ofMillis(10))
            .until(() -> b.multiplexer().channels().isEmpty());
      }
    }
    assertTrue(opened > 0, "seed " + seed);
  }

  private static void callUntilItBreaks(Channel channel, String where) throws Exception {
    List<CompletableFuture<ByteBuffer>> calls = new ArrayList<>();
    try {
      ChannelStream stream = channel.open("echo");
      for (int i = 0; channel.isOpen() && i < 100_000; i++) {
        calls.add(
            stream.request(CallHeader.first(i, Duration.ofSeconds(60)), ByteBuffer.allocate(50)));
      }
    } catch (ChannelException e) {
      // closed while opening
    }
    channel.whenClosed().get(10, TimeUnit.SECONDS);
    for (CompletableFuture<ByteBuffer> call : calls) {
      try {
        assertEquals(50, call.get(5, TimeUnit.SECONDS).remaining(), where);
      } catch (ExecutionException e) {
        assertInstanceOf(ChannelException.class, e.getCause(), where);
      }
    }
  }

  @Test
  void deadWireIsNoticedByBothSides() throws Exception {
    String[] quick = {
      "fluid.channel.heartbeat.millis", "100", "fluid.channel.silence.millis", "1000"
    };
    StandaloneNode a = nodes.open("a", quick);
    StandaloneNode b = nodes.open("b", quick);
    b.multiplexer().serve("echo", new TwoNodesTest.Echo());
    try (Wire wire = new Wire(Nodes.address(b), 5000, false)) {
      Channel channel = a.multiplexer().connect(wire.address()).get(10, TimeUnit.SECONDS);
      ChannelStream stream = channel.open("echo");
      List<CompletableFuture<ByteBuffer>> calls = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        calls.add(
            stream.request(CallHeader.first(i, Duration.ofSeconds(60)), ByteBuffer.allocate(1000)));
      }
      // By silence, or because the other side noticed first and closed its socket.
      channel.whenClosed().get(10, TimeUnit.SECONDS);
      await().until(() -> calls.stream().allMatch(CompletableFuture::isDone));
      await().until(() -> b.multiplexer().channels().isEmpty());
    }
  }
}
