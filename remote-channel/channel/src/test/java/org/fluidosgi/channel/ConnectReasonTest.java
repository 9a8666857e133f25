package org.fluidosgi.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.fluidosgi.channel.ChannelException.Effect;
import org.fluidosgi.channel.ConnectFailedException.Reason;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a failed dial says about the other side: failure detection acts on it. */
@Timeout(60)
class ConnectReasonTest {
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

  private static Reason reason(StandaloneNode from, NodeAddress to) {
    Throwable failure = assertThrows(
            ExecutionException.class,
            () -> from.multiplexer().connect(to).get(20, TimeUnit.SECONDS))
        .getCause();
    ConnectFailedException failed = assertInstanceOf(ConnectFailedException.class, failure);
    assertEquals(Effect.NONE, failed.effect());
    return failed.reason();
  }

  private static NodeAddress address(ServerSocket socket) {
    return new NodeAddress("127.0.0.1", socket.getLocalPort());
  }

  @Test
  void nobodyListens() throws IOException {
    NodeAddress nobody;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      nobody = address(socket);
    }
    assertEquals(Reason.REFUSED, reason(nodes.open("a"), nobody));
  }

  /** Linux drops connections beyond the backlog: the dialer hears nothing, which must not pass for a refusal. */
  @Test
  void nobodyAnswersTheDial() throws IOException {
    StandaloneNode dialer = nodes.open("a", "fluid.channel.connect.millis", "300");
    List<Socket> filling = new ArrayList<>();
    try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      try {
        while (filling.size() < 100) {
          Socket socket = new Socket();
          filling.add(socket);
          socket.connect(new InetSocketAddress("127.0.0.1", full.getLocalPort()), 200);
        }
      } catch (SocketTimeoutException e) {
        // full now
      }
      assertEquals(Reason.SILENT, reason(dialer, address(full)));
    } finally {
      for (Socket socket : filling) {
        socket.close();
      }
    }
  }

  /** So does a process that is being killed: it says nothing about whether it has left. */
  @Test
  void theConnectionEndsBeforeTheHandshake() throws Exception {
    try (ServerSocket dying = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread closing = new Thread(
          () -> {
            try {
              dying.accept().close();
            } catch (IOException e) {
              throw new IllegalStateException(e);
            }
          },
          "test-closing");
      closing.start();
      assertEquals(Reason.SILENT, reason(nodes.open("a"), address(dying)));
      closing.join();
    }
  }

  @Test
  void theOtherSideDoesNotWantUs() throws IOException {
    StandaloneNode a = nodes.open("a");
    Path other = directory.resolve("other.token");
    Files.writeString(other, "the secret of another group");
    StandaloneNode b = nodes.open("b", "fluid.token.file", other.toString());
    assertEquals(Reason.REJECTED, reason(a, Nodes.address(b)));
    assertEquals(Reason.REJECTED, reason(b, Nodes.address(a)));
  }

  @Test
  void theAddressIsOurOwn() {
    StandaloneNode a = nodes.open("a");
    assertEquals(Reason.SELF, reason(a, Nodes.address(a)));
  }
}
