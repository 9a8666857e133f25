package org.fluidosgi.channel.internal.core;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.fluidosgi.channel.ChannelStream;
import org.fluidosgi.channel.Env;
import org.fluidosgi.channel.Incarnation;
import org.fluidosgi.channel.IncomingCall;
import org.fluidosgi.channel.NodeAddress;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.channel.NodeInfo;
import org.fluidosgi.channel.Settings;
import org.fluidosgi.channel.StreamHandler;

/** A multiplexer core on {@link FakeLink}s, and the golden files. */
final class CoreFixture {
  static final Path GOLDEN = Path.of("src/test/resources/golden/v1");
  static final byte[] TOKEN = "secret".getBytes(StandardCharsets.US_ASCII);
  static final NodeInfo SELF = node(1, "self");
  static final NodeInfo PEER = node(2, "peer");

  private CoreFixture() {}

  static NodeInfo node(long number, String name) {
    return new NodeInfo(
        new NodeId(new UUID(0x1111_2222_3333_4444L, number)),
        new Incarnation(new UUID(0x5555_6666_7777_8888L, number), 7),
        name,
        new NodeAddress("127.0.0.1", 9278));
  }

  static Multiplexer multiplexer() {
    Multiplexer multiplexer = new Multiplexer(
        SELF, TOKEN, Limits.read(new Settings(key -> null)), new FakeEnv(), new NoNetwork());
    multiplexer.serve("echo", new StreamHandler() {
      @Override
      public CompletionStage<ByteBuffer> onRequest(
          ChannelStream stream, IncomingCall call, ByteBuffer request) {
        return CompletableFuture.completedFuture(request);
      }
    });
    return multiplexer;
  }

  /** An open channel on which this side is the acceptor. */
  static Connection connection(Multiplexer multiplexer, FakeLink link) {
    Connection connection = new Connection(multiplexer, link, null, PEER, 16 << 20);
    connection.start();
    connection.openTold();
    return connection;
  }

  static byte[] hex(Path file) throws IOException {
    StringBuilder digits = new StringBuilder();
    for (String line : Files.readAllLines(file)) {
      digits.append(line.replaceAll("#.*", "").replaceAll("\\s", ""));
    }
    return HexFormat.of().parseHex(digits);
  }

  static List<Path> files(String folder) throws IOException {
    try (Stream<Path> files = Files.list(GOLDEN.resolve(folder))) {
      return files.filter(file -> file.toString().endsWith(".hex")).sorted().toList();
    }
  }

  private static final class FakeEnv implements Env {
    @Override
    public long nanoTime() {
      return 0;
    }

    @Override
    public long currentTimeMillis() {
      return 0;
    }

    @Override
    public RandomGenerator random() {
      return RandomGenerator.getDefault();
    }

    @Override
    public void execute(Runnable task) {
      task.run();
    }

    @Override
    public Cancellable schedule(Duration delay, Runnable task) {
      return () -> {};
    }
  }

  private static final class NoNetwork implements Network {
    @Override
    public CompletableFuture<Void> dial(NodeAddress address, Starter starter) {
      return CompletableFuture.failedFuture(new IOException("no network"));
    }

    @Override
    public void stopListening() {}
  }
}
