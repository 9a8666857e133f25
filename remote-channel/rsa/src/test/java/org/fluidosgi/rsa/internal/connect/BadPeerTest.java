package org.fluidosgi.rsa.internal.connect;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import org.fluidosgi.channel.CallHeader;
import org.fluidosgi.channel.Channel;
import org.fluidosgi.channel.ChannelException;
import org.fluidosgi.channel.ChannelStream;
import org.fluidosgi.channel.ConnectFailedException;
import org.fluidosgi.channel.ConnectFailedException.Reason;
import org.fluidosgi.channel.IncomingCall;
import org.fluidosgi.channel.NodeAddress;
import org.fluidosgi.channel.StreamHandler;
import org.fluidosgi.rsa.connect.ReferenceListener;
import org.fluidosgi.rsa.connect.RemoteConnection;
import org.fluidosgi.rsa.connect.RemoteReference;
import org.fluidosgi.rsa.internal.call.Caller;
import org.fluidosgi.rsa.internal.lease.LeaseWire;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.osgi.framework.ServiceException;

/** What is not there, refuses, lies or dies at the other end. */
@Timeout(60)
class BadPeerTest {
  private static final Duration SOON = Duration.ofSeconds(10);
  private static final String EMPTY_SNAPSHOT = "0101" + "00007530" + "00000000";
  private static final String ID = "000102030405060708090a0b0c0d0e0f";

  @TempDir
  Path directory;

  private Peer client;

  @BeforeEach
  void open() {
    client = new Peer(directory, "client", true, 3_000);
  }

  @AfterEach
  void close() {
    client.close();
  }

  private CompletableFuture<RemoteConnection> connect(NodeAddress address, long millis) {
    return client.connector.connect(address, Duration.ofMillis(millis)).toCompletableFuture();
  }

  private ChannelException refused(NodeAddress address, long millis) {
    CompletableFuture<RemoteConnection> connecting = connect(address, millis);
    ChannelException why = assertInstanceOf(
        ChannelException.class,
        assertThrows(ExecutionException.class, () -> connecting.get(20, TimeUnit.SECONDS))
            .getCause());
    assertEquals(ChannelException.Effect.NONE, why.effect(), why.getMessage());
    return why;
  }

  private Reason reason(NodeAddress address, long millis) {
    return assertInstanceOf(ConnectFailedException.class, refused(address, millis))
        .reason();
  }

  private static NodeAddress address(ServerSocket socket) {
    return new NodeAddress("127.0.0.1", socket.getLocalPort());
  }

  private static ServerSocket listen() throws Exception {
    return new ServerSocket(0, 5, InetAddress.getByName("127.0.0.1"));
  }

  @Test
  void nobodyIsThere() throws Exception {
    NodeAddress free;
    try (ServerSocket socket = listen()) {
      free = address(socket);
    }
    assertEquals(Reason.REFUSED, reason(free, 10_000));
  }

  @Test
  void itIsThisNode() {
    assertEquals(Reason.SELF, reason(client.address(), 10_000));
  }

  @Test
  void theTokenDiffers() throws Exception {
    Path elsewhere = Files.createDirectories(directory.resolve("elsewhere"));
    try (Peer other = new Peer(elsewhere, "other", true, 3_000)) {
      ConnectFailedException why =
          assertInstanceOf(ConnectFailedException.class, refused(other.address(), 10_000));
      assertEquals(Reason.REJECTED, why.reason());
      assertTrue(why.getMessage().contains("token"), why.getMessage());
    }
  }

  @Test
  void nobodyAnswersInTime() throws Exception {
    try (ServerSocket mute = listen()) {
      ChannelException why = refused(address(mute), 300);
      assertEquals(
          Reason.SILENT, assertInstanceOf(ConnectFailedException.class, why).reason());
      assertTrue(why.getMessage().contains("within 300 ms"), why.getMessage());
    }
  }

  @Test
  void itSpeaksAnotherProtocol() throws Exception {
    try (ServerSocket web = listen()) {
      CompletableFuture<Void> serving = CompletableFuture.runAsync(() -> {
        try (var accepted = web.accept()) {
          accepted
              .getOutputStream()
              .write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
          accepted.getOutputStream().flush();
          accepted.getInputStream().readAllBytes();
        } catch (Exception e) {
          throw new IllegalStateException(e);
        }
      });
      refused(address(web), 10_000);
      serving.exceptionally(failure -> null).get(10, TimeUnit.SECONDS);
    }
  }

  @Test
  void itRunsNoRemoteServices() throws Exception {
    try (Peer bare = new Peer(directory, "bare", false, 3_000)) {
      ChannelException why = refused(bare.address(), 10_000);
      assertTrue(why.getMessage().contains("rsa"), why.getMessage());
    }
  }

  /** Serves answers that are given, by number from 1 on. */
  private static void serve(Peer peer, IntFunction<CompletionStage<ByteBuffer>> answers) {
    AtomicInteger number = new AtomicInteger();
    peer.node.multiplexer().serve(Caller.ENDPOINT, new StreamHandler() {});
    peer.node.multiplexer().serve(LeaseWire.ENDPOINT, new StreamHandler() {
      @Override
      public CompletionStage<ByteBuffer> onRequest(
          ChannelStream stream, IncomingCall call, ByteBuffer request) {
        return answers.apply(number.incrementAndGet());
      }
    });
  }

  private static CompletionStage<ByteBuffer> hex(String hex) {
    return CompletableFuture.completedFuture(ByteBuffer.wrap(HexFormat.of().parseHex(hex)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", // nothing
        "0201" + "00007530" + "00000000", // version 2
        "0101" + "00000000" + "00000000", // no lease
        "0101" + "00007530" + "ffffffff", // more changes than bytes
        "0101" + "00007530" + "00000001", // a change that is not there
        "0101" + "00007530" + "00000000" + "00", // bytes left over
        "0101" + "00007530" + "00000001" + "04" + ID, // no such kind
        "0101" + "00007530" + "00000001" + "03" + ID, // removed and never added
        "0101" + "00007530" + "00000001" + "01" + ID + "7fffffff", // properties that are not there
        "0101" + "00007530" + "00000001" + "01" + ID + "00000001" + "a0", // without properties
        "0101" + "00007530" + "00000001" + "01" + ID + "00000001" + "ff", // no attribute map
      })
  void itAnswersWhatIsMalformed(String answer) throws Exception {
    try (Peer liar = new Peer(directory, "liar", false, 3_000)) {
      Channel channel = client.node.multiplexer().connect(liar.address()).get(10, TimeUnit.SECONDS);
      serve(liar, number -> hex(answer));
      ChannelException why = refused(liar.address(), 10_000);
      assertTrue(why.getMessage().contains("malformed lease message"), why.getMessage());
      assertTrue(channel.isOpen(), "only its streams were closed");
      assertEquals(0, client.spaces.size());
    }
  }

  @Test
  void itLeasesWhatAnotherNodeServes() throws Exception {
    try (Peer liar = new Peer(directory, "liar", true, 3_000);
        Peer honest = new Peer(directory, "honest", true, 3_000)) {
      RemoteConnection connection = client.connect(liar);
      liar.describe(UUID.randomUUID(), Runnable.class, Map.of(), honest.info());
      ChannelException why = connection.closed().toCompletableFuture().get(10, TimeUnit.SECONDS);
      assertTrue(why.getMessage().contains("serves itself"), why.getMessage());
    }
  }

  @Test
  void itDoesNotRenewItsLeases() throws Exception {
    try (Peer lazy = new Peer(directory, "lazy", false, 3_000)) {
      serve(
          lazy,
          number -> number == 1
              ? hex("0101" + "000000c8" + "00000000") // 200 ms
              : new CompletableFuture<>());
      RemoteConnection connection = connect(lazy.address(), 10_000).get(20, TimeUnit.SECONDS);
      ChannelException why = connection.closed().toCompletableFuture().get(10, TimeUnit.SECONDS);
      assertTrue(why.getMessage().contains("within 200 ms"), why.getMessage());
      assertFalse(connection.isOpen());
    }
  }

  @Test
  void itRenewsWithoutNews() throws Exception {
    try (Peer quiet = new Peer(directory, "quiet", true, 150)) {
      RemoteConnection connection = client.connect(quiet);
      AtomicInteger ticks = new AtomicInteger();
      // three leases pass by while nothing changes
      await().during(Duration.ofMillis(450)).atMost(SOON).until(() -> {
        ticks.incrementAndGet();
        return connection.isOpen();
      });
      assertTrue(ticks.get() > 1);
    }
  }

  @Test
  void itAsksWhatIsMalformed() throws Exception {
    try (Peer server = new Peer(directory, "server", true, 3_000)) {
      Channel channel =
          client.node.multiplexer().connect(server.address()).get(10, TimeUnit.SECONDS);
      for (String request : List.of("", "01", "0201", "0102")) {
        ChannelStream stream = channel.open(LeaseWire.ENDPOINT);
        ExecutionException failure = assertThrows(
            ExecutionException.class, () -> ask(stream, request).get(10, TimeUnit.SECONDS));
        assertTrue(failure.getMessage().contains("malformed lease message"), failure.getMessage());
        stream.whenClosed().get(10, TimeUnit.SECONDS);
      }
      ChannelStream twice = channel.open(LeaseWire.ENDPOINT);
      ask(twice, "0101").get(10, TimeUnit.SECONDS);
      CompletableFuture<ByteBuffer> open = ask(twice, "0101");
      assertThrows(ExecutionException.class, () -> ask(twice, "0101").get(10, TimeUnit.SECONDS));
      assertThrows(ExecutionException.class, () -> open.get(10, TimeUnit.SECONDS));
      ChannelStream message = channel.open(LeaseWire.ENDPOINT);
      message.send(ByteBuffer.wrap(new byte[] {1}));
      message.whenClosed().get(10, TimeUnit.SECONDS);
      assertTrue(channel.isOpen());
      assertEquals(
          EMPTY_SNAPSHOT.substring(0, 4),
          HexFormat.of().formatHex(bytes(ask(channel.open(LeaseWire.ENDPOINT), "0101")), 0, 2));
    }
  }

  private CompletableFuture<ByteBuffer> ask(ChannelStream stream, String hex) {
    return stream.request(
        CallHeader.first(client.node.multiplexer().nextCallId(), SOON),
        ByteBuffer.wrap(HexFormat.of().parseHex(hex)));
  }

  private static byte[] bytes(CompletableFuture<ByteBuffer> answer) throws Exception {
    ByteBuffer content = answer.get(10, TimeUnit.SECONDS);
    byte[] bytes = new byte[content.remaining()];
    content.get(bytes);
    return bytes;
  }

  @Test
  void itIsKilled() throws Exception {
    Process process = new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            LeasingProcess.class.getName(),
            directory.toString())
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
    try (BufferedReader out = new BufferedReader(
        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      NodeAddress address = NodeAddress.parse(String.valueOf(out.readLine()));
      RemoteConnection connection = connect(address, 10_000).get(20, TimeUnit.SECONDS);
      RemoteReference reference = connection.references().get(0);
      LeasingProcess.Work work = connection.fetch(reference, LeasingProcess.Work.class);
      assertEquals("done", work.run(0));
      CountDownLatch gone = new CountDownLatch(1);
      connection.listen(new ReferenceListener() {
        @Override
        public void removed(RemoteReference each) {
          gone.countDown();
        }
      });
      CompletableFuture<String> pending = connection
          .call(reference, LeasingProcess.Work.class, each -> each.run(60_000))
          .toCompletableFuture();
      await().atMost(SOON).until(() -> work.running() == 1);
      process.destroyForcibly(); // SIGKILL
      assertTrue(gone.await(10, TimeUnit.SECONDS));
      assertFalse(reference.isLeased());
      ServiceException lost = assertInstanceOf(
          ServiceException.class,
          assertThrows(ExecutionException.class, () -> pending.get(10, TimeUnit.SECONDS))
              .getCause());
      assertEquals(ServiceException.REMOTE, lost.getType());
      assertTrue(lost.getMessage().contains("effect unknown"), lost.getMessage());
      connection.closed().toCompletableFuture().get(10, TimeUnit.SECONDS);
    } finally {
      process.destroyForcibly();
    }
  }
}
