package org.fluidosgi.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TwoNodesTest {
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

  static final class Echo implements StreamHandler {
    @Override
    public CompletionStage<ByteBuffer> onRequest(
        ChannelStream stream, IncomingCall call, ByteBuffer request) {
      return CompletableFuture.completedFuture(request);
    }
  }

  static ByteBuffer utf8(String text) {
    return StandardCharsets.UTF_8.encode(text);
  }

  static String text(ByteBuffer buffer) {
    return StandardCharsets.UTF_8.decode(buffer).toString();
  }

  @Test
  void echoes() throws Exception {
    StandaloneNode a = nodes.open("a");
    StandaloneNode b = nodes.open("b");
    b.multiplexer().serve("echo", new Echo());
    Channel channel = a.multiplexer().connect(Nodes.address(b)).get(5, TimeUnit.SECONDS);
    assertEquals(b.localNode().info(), channel.peer());
    ChannelStream stream = channel.open("echo");
    for (int i = 0; i < 1000; i++) {
      ByteBuffer answer = stream
          .request(CallHeader.first(i, Duration.ofSeconds(5)), utf8("hello " + i))
          .get(5, TimeUnit.SECONDS);
      assertEquals("hello " + i, text(answer));
    }
    assertTrue(channel.ping().get(5, TimeUnit.SECONDS).toNanos() > 0);
  }
}
