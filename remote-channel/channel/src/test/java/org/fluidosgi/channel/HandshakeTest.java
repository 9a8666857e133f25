package org.fluidosgi.channel;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.fluidosgi.channel.internal.core.FrameType;
import org.fluidosgi.channel.internal.core.RawPeer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who gets a channel, who is refused, and what is said. */
@Timeout(60)
class HandshakeTest {
  private static final int ROUNDS = 40 * Integer.getInteger("fluid.test.rounds", 1);

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

  private String token() throws IOException {
    return Files.readString(directory.resolve("group.token")).trim();
  }

  private static NodeInfo stranger(UUID id, UUID framework, long counter) {
    return new NodeInfo(
        new NodeId(id),
        new Incarnation(framework, counter),
        "raw",
        new NodeAddress("127.0.0.1", 1));
  }

  private static NodeInfo stranger() {
    return stranger(UUID.randomUUID(), UUID.randomUUID(), 1);
  }

  private static Channel connect(StandaloneNode from, StandaloneNode to) throws Exception {
    return from.multiplexer().connect(Nodes.address(to)).get(10, TimeUnit.SECONDS);
  }

  private static ChannelException refused(StandaloneNode from, NodeAddress address) {
    ExecutionException failure = assertThrows(
        ExecutionException.class,
        () -> from.multiplexer().connect(address).get(10, TimeUnit.SECONDS));
    ChannelException cause = (ChannelException) failure.getCause();
    assertEquals(ChannelException.Effect.NONE, cause.effect());
    assertFalse(cause.getMessage().contains("\n"), cause.getMessage());
    assertTrue(cause.getMessage().contains(address.toString()), cause.getMessage());
    return cause;
  }

  private static void assertSays(String text, String... parts) {
    for (String part : parts) {
      assertTrue(text.contains(part), () -> "'" + part + "' is missing in: " + text);
    }
  }

  @Test
  void wrongTokenIsToldToBothSides() throws Exception {
    Path other = Files.writeString(directory.resolve("other.token"), "another secret");
    StandaloneNode a = nodes.open("a");
    StandaloneNode b = nodes.open("b", "fluid.token.file", other.toString());
    assertSays(refused(a, Nodes.address(b)).getMessage(), "token", "fluid.token.file");
    assertTrue(a.multiplexer().channels().isEmpty());
    assertTrue(b.multiplexer().channels().isEmpty());
  }

  @Test
  void acceptorThatDoesNotKnowTheTokenIsRefusedByTheDialer() throws Exception {
    StandaloneNode a = nodes.open("a");
    try (ServerSocket impostor = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      CompletableFuture<Channel> dial =
          a.multiplexer().connect(new NodeAddress("127.0.0.1", impostor.getLocalPort()));
      // It reflects what it gets: the dialer's HELLO under another id cannot be made, so it echoes
      // bytes.
      try (Socket socket = impostor.accept()) {
        Thread echo = new Thread(() -> {
          try {
            socket.getInputStream().transferTo(socket.getOutputStream());
          } catch (IOException e) {
            // the dialer hung up
          }
        });
        echo.start();
        ExecutionException failure =
            assertThrows(ExecutionException.class, () -> dial.get(10, TimeUnit.SECONDS));
        assertSays(failure.getCause().getMessage(), "this is the node itself");
        echo.join(5000);
      }
    }
  }

  @Test
  void reflectedProofIsRefused() throws Exception {
    StandaloneNode a = nodes.open("a");
    try (RawPeer raw = new RawPeer(Nodes.address(a))) {
      raw.hello(stranger(), 1, 1);
      assertEquals(FrameType.HELLO, raw.read().type());
      raw.prove(token(), false);
      RawPeer.Frame answer = raw.read();
      assertEquals(FrameType.REJECT, answer.type());
      assertSays(answer.farewell(), "2 ", "token");
      raw.awaitEnd();
    }
    assertTrue(a.multiplexer().channels().isEmpty());
  }

  @Test
  void otherVersionIsToldWhy() throws Exception {
    StandaloneNode a = nodes.open("a");
    try (RawPeer raw = new RawPeer(Nodes.address(a))) {
      raw.hello(stranger(), 2, 9);
      RawPeer.Frame answer = raw.read();
      assertEquals(FrameType.REJECT, answer.type());
      assertSays(answer.farewell(), "1 ", "1..1", "2..9");
      raw.awaitEnd();
    }
  }

  @Test
  void dialToAnotherVersionFailsWithRemedy() throws Exception {
    StandaloneNode a = nodes.open("a");
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      NodeAddress address = new NodeAddress("127.0.0.1", server.getLocalPort());
      CompletableFuture<Channel> dial = a.multiplexer().connect(address);
      try (Socket socket = server.accept()) {
        // REJECT, code 1, "too old"
        socket.getOutputStream().write(new byte[] {
          0, 0, 0, 17, 3, 0, 0, 0, 0, 0, 0, 1, 0, 7, 't', 'o', 'o', ' ', 'o', 'l', 'd'
        });
        ExecutionException failure =
            assertThrows(ExecutionException.class, () -> dial.get(10, TimeUnit.SECONDS));
        assertSays(failure.getCause().getMessage(), "too old", "same release", address.toString());
      }
    }
  }

  @Test
  void versionRangeThatOverlapsIsAccepted() throws Exception {
    StandaloneNode a = nodes.open("a");
    try (RawPeer raw = new RawPeer(Nodes.address(a))) {
      raw.hello(stranger(), 1, 7);
      assertEquals(FrameType.HELLO, raw.read().type());
      raw.prove(token(), true);
      assertEquals(FrameType.PROOF, raw.read().type());
    }
  }

  @Test
  void selfIsRefused() {
    StandaloneNode a = nodes.open("a");
    assertSays(refused(a, Nodes.address(a)).getMessage(), "itself", "fluid.join");
  }

  @Test
  void ownIdFromAnotherProcessIsRefused() throws Exception {
    StandaloneNode a = nodes.open("a");
    NodeInfo self = a.localNode().info();
    try (RawPeer raw = new RawPeer(Nodes.address(a))) {
      RawPeer.Frame answer =
          raw.shakeHands(stranger(self.id().uuid(), UUID.randomUUID(), 99), token());
      assertEquals(FrameType.REJECT, answer.type());
      assertSays(answer.farewell(), "5 ", self.id().toString());
    }
  }

  @Test
  void newerIncarnationReplacesOlderIsRefused() throws Exception {
    StandaloneNode a = nodes.open("a", "fluid.channel.loops", "4");
    UUID id = UUID.randomUUID();
    UUID framework = UUID.randomUUID();
    List<String> told = java.util.Collections.synchronizedList(new ArrayList<>());
    a.multiplexer().listen(new ChannelListener() {
      @Override
      public void opened(Channel channel) {
        told.add("opened " + channel.peer().incarnation().counter());
      }

      @Override
      public void closed(Channel channel, ChannelException cause) {
        told.add("closed " + channel.peer().incarnation().counter());
      }
    });
    try (RawPeer second = new RawPeer(Nodes.address(a));
        RawPeer third = new RawPeer(Nodes.address(a));
        RawPeer first = new RawPeer(Nodes.address(a));
        RawPeer twin = new RawPeer(Nodes.address(a))) {
      assertEquals(
          FrameType.PROOF,
          second.shakeHands(stranger(id, framework, 2), token()).type());
      Channel old = a.multiplexer().channel(new NodeId(id)).orElseThrow();
      assertEquals(
          FrameType.PROOF,
          third.shakeHands(stranger(id, UUID.randomUUID(), 3), token()).type());
      Channel fresh = a.multiplexer().channel(new NodeId(id)).orElseThrow();
      assertNotSame(old, fresh);
      assertEquals(3, fresh.peer().incarnation().counter());
      assertSays(old.whenClosed().get(5, TimeUnit.SECONDS).getMessage(), "replaced");
      RawPeer.Frame older = first.shakeHands(stranger(id, framework, 1), token());
      assertSays(older.farewell(), "5 ", "older");
      RawPeer.Frame same = twin.shakeHands(stranger(id, UUID.randomUUID(), 3), token());
      assertSays(same.farewell(), "5 ", "two processes");
      await().until(() -> told.size() == 3);
      assertEquals(List.of("opened 2", "closed 2", "opened 3"), told);
      assertTrue(fresh.isOpen());
    }
  }

  @Test
  void deadChannelOfTheSameIncarnationIsReplacedAfterAProbe() throws Exception {
    StandaloneNode a = nodes.open("a");
    NodeInfo me = stranger();
    try (RawPeer mute = new RawPeer(Nodes.address(a));
        RawPeer again = new RawPeer(Nodes.address(a))) {
      assertEquals(FrameType.PROOF, mute.shakeHands(me, token()).type());
      Channel old = a.multiplexer().channel(me.id()).orElseThrow();
      assertEquals(FrameType.PROOF, again.shakeHands(me, token()).type());
      assertFalse(old.isOpen());
      assertTrue(a.multiplexer().channel(me.id()).orElseThrow().isOpen());
    }
  }

  @Test
  void liveChannelOfTheSameIncarnationStays() throws Exception {
    StandaloneNode a = nodes.open("a");
    NodeInfo me = stranger();
    try (RawPeer live = new RawPeer(Nodes.address(a));
        RawPeer again = new RawPeer(Nodes.address(a))) {
      assertEquals(FrameType.PROOF, live.shakeHands(me, token()).type());
      Channel old = a.multiplexer().channel(me.id()).orElseThrow();
      Thread answering = new Thread(() -> {
        try {
          while (true) {
            RawPeer.Frame frame = live.read();
            if (frame.type() == FrameType.PING) {
              live.send(FrameType.PONG, 0, frame.body());
            }
          }
        } catch (IOException e) {
          // closed
        }
      });
      answering.start();
      RawPeer.Frame answer = again.shakeHands(me, token());
      assertSays(answer.farewell(), "3 ", "open channel");
      assertTrue(old.isOpen());
      live.close();
      answering.join(5000);
    }
  }

  @Test
  void connectReusesTheOpenChannel() throws Exception {
    StandaloneNode a = nodes.open("a");
    StandaloneNode b = nodes.open("b");
    Channel first = connect(a, b);
    assertSame(first, connect(a, b));
    assertSame(first, a.multiplexer().connect(b.localNode().info().id()).get(5, TimeUnit.SECONDS));
    // By another name for the same node: the dial finds out and gives way.
    NodeAddress alias = new NodeAddress("localhost", Nodes.address(b).port());
    assertSame(first, a.multiplexer().connect(alias).get(5, TimeUnit.SECONDS));
    assertEquals(1, a.multiplexer().channels().size());
    assertTrue(first.isOpen());
  }

  @Test
  void simultaneousDialsEndInOneChannel() throws Exception {
    StandaloneNode a = nodes.open("a");
    StandaloneNode b = nodes.open("b");
    for (int round = 0; round < ROUNDS; round++) {
      CountDownLatch start = new CountDownLatch(1);
      List<CompletableFuture<Channel>> fromA = new ArrayList<>();
      List<CompletableFuture<Channel>> fromB = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        fromA.add(CompletableFuture.supplyAsync(() -> dial(start, a, b)));
        fromB.add(CompletableFuture.supplyAsync(() -> dial(start, b, a)));
      }
      start.countDown();
      Channel atA = same(fromA);
      Channel atB = same(fromB);
      assertTrue(atA.isOpen() && atB.isOpen(), "round " + round);
      assertEquals(List.of(atA), a.multiplexer().channels());
      assertEquals(List.of(atB), b.multiplexer().channels());
      atA.ping().get(5, TimeUnit.SECONDS);
      atA.close();
      atB.whenClosed().get(5, TimeUnit.SECONDS);
    }
  }

  private static Channel dial(CountDownLatch start, StandaloneNode from, StandaloneNode to) {
    try {
      start.await();
      return connect(from, to);
    } catch (Exception e) {
      throw new CompletionException(e);
    }
  }

  private static Channel same(List<CompletableFuture<Channel>> futures) throws Exception {
    Channel first = futures.get(0).get(10, TimeUnit.SECONDS);
    for (CompletableFuture<Channel> future : futures) {
      assertSame(first, future.get(10, TimeUnit.SECONDS));
    }
    return first;
  }

  @Test
  void connectByIdFindsOutThatAnotherNodeAnswers() throws Exception {
    StandaloneNode a = nodes.open("a");
    StandaloneNode b = nodes.open("b");
    NodeId gone = new NodeId(UUID.randomUUID());
    ExecutionException unknown = assertThrows(
        ExecutionException.class, () -> a.multiplexer().connect(gone).get(5, TimeUnit.SECONDS));
    assertSays(unknown.getCause().getMessage(), gone.toString(), "no address");
    a.multiplexer().learn(gone, Nodes.address(b));
    ExecutionException other = assertThrows(
        ExecutionException.class, () -> a.multiplexer().connect(gone).get(5, TimeUnit.SECONDS));
    assertSays(other.getCause().getMessage(), gone.toString(), "now answers node");
  }

  @Test
  void nobodyListensIsSaidInOneLine() throws Exception {
    StandaloneNode a = nodes.open("a");
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    assertSays(refused(a, new NodeAddress("127.0.0.1", port)).getMessage(), "refused", "check");
    assertSays(
        refused(a, new NodeAddress("no-such-host.invalid", port)).getMessage(), "unknown host");
  }

  @Test
  void acceptorThatSaysNothingTimesOut() throws Exception {
    StandaloneNode a = nodes.open("a", "fluid.channel.handshake.millis", "200");
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertSays(
          refused(a, new NodeAddress("127.0.0.1", silent.getLocalPort())).getMessage(), "200 ms");
    }
  }

  @Test
  void stoppingFailsADialUnderWay() throws Exception {
    StandaloneNode a = nodes.open("a");
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      NodeAddress address = new NodeAddress("127.0.0.1", silent.getLocalPort());
      CompletableFuture<Channel> dial = a.multiplexer().connect(address);
      try (Socket socket = silent.accept()) {
        assertTrue(socket.getInputStream().read() >= 0);
        a.close();
        ExecutionException failure =
            assertThrows(ExecutionException.class, () -> dial.get(1, TimeUnit.SECONDS));
        assertSays(failure.getCause().getMessage(), "stopping");
      }
      ExecutionException late = assertThrows(
          ExecutionException.class,
          () -> a.multiplexer().connect(address).get(1, TimeUnit.SECONDS));
      assertSays(late.getCause().getMessage(), "stopping");
    }
  }

  @Test
  void garbageAndOversizedFramesCloseThatConnectionOnly() throws Exception {
    StandaloneNode a = nodes.open("a");
    StandaloneNode b = nodes.open("b");
    Channel channel = connect(b, a);
    byte[][] bad = {
      "GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII),
      {0x16, 3, 1, 0, (byte) 0xff, 1, 0, 0, 0, 0, 0, 0, 0},
      {0, 0, 0, 5, 1, 0, 0, 0, 0, 0, 0, 0},
      {0, 0, 0x10, 1, 1, 0, 0, 0, 0, 0},
      {0, 0, 0, 6, 0x12, 0, 0, 0, 0, 1},
      {0, 0, 0, 16, 1, 0, 0, 0, 0, 0, 'F', 'L', 'U', 'I', 'D', 'X', 'X', 'X', 0, 1},
    };
    for (byte[] bytes : bad) {
      try (RawPeer raw = new RawPeer(Nodes.address(a))) {
        raw.send(bytes);
        RawPeer.Frame answer = raw.read();
        assertEquals(FrameType.REJECT, answer.type());
        assertSays(answer.farewell(), "7 ");
        raw.awaitEnd();
      }
    }
    try (RawPeer truncated = new RawPeer(Nodes.address(a))) {
      truncated.send(new byte[] {0, 0, 0, 16, 1});
    }
    channel.ping().get(5, TimeUnit.SECONDS);
  }

  @Test
  void provenPeerThatBreaksTheProtocolIsToldAndClosed() throws Exception {
    StandaloneNode a = nodes.open("a");
    byte[][] bad = {
      {0x7f, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0x11, 0, 0, 0, 0, 1},
      {0, 0, 0, 6, 0x77, 0, 0, 0, 0, 1},
      {0, 0, 0, 6, 0x11, 0, 0, 0, 0, 5},
      {0, 0, 0, 7, 0x10, 0, 0, 0, 0, 2, 0},
      {0, 0, 0, 8, 0x10, 0, 0, 0, 0, 1, 9, 'x'},
      {0, 0, 0, 6, 1, 0, 0, 0, 0, 0},
    };
    for (byte[] bytes : bad) {
      NodeInfo me = stranger();
      try (RawPeer raw = new RawPeer(Nodes.address(a))) {
        assertEquals(FrameType.PROOF, raw.shakeHands(me, token()).type());
        raw.send(bytes);
        RawPeer.Frame answer = raw.read();
        assertEquals(FrameType.GOAWAY, answer.type());
        assertSays(answer.farewell(), "4 ", "protocol error");
        raw.awaitEnd();
      }
    }
    await().until(() -> a.multiplexer().channels().isEmpty());
  }

  @Test
  void halfOpenConnectionsAreLimitedAndTimeOut() throws Exception {
    StandaloneNode a = nodes.open(
        "a", "fluid.channel.unauthenticated.max", "3", "fluid.channel.handshake.millis", "2000");
    List<RawPeer> idle = new ArrayList<>();
    try {
      for (int i = 0; i < 3; i++) {
        idle.add(new RawPeer(Nodes.address(a)));
      }
      try (RawPeer tooMany = new RawPeer(Nodes.address(a))) {
        assertThrows(IOException.class, tooMany::read); // nothing is said, it costs too much
      }
      for (RawPeer raw : idle) {
        assertSays(raw.read().farewell(), "9 ", "2000 ms");
        raw.awaitEnd();
      }
    } finally {
      for (RawPeer raw : idle) {
        raw.close();
      }
    }
    StandaloneNode b = nodes.open("b");
    await().atMost(Duration.ofSeconds(5)).untilAsserted(() -> connect(b, a));
  }
}
