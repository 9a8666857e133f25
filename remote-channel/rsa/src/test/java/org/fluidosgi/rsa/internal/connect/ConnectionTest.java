package org.fluidosgi.rsa.internal.connect;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.fluidosgi.channel.Channel;
import org.fluidosgi.channel.ChannelException;
import org.fluidosgi.channel.ChannelStream;
import org.fluidosgi.channel.Registration;
import org.fluidosgi.rsa.connect.ReferenceListener;
import org.fluidosgi.rsa.connect.RemoteConnection;
import org.fluidosgi.rsa.connect.RemoteConnector;
import org.fluidosgi.rsa.connect.RemoteReference;
import org.fluidosgi.rsa.connect.Totals;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.ServiceException;

/** References, fetched services and asynchronous calls of one connection, over a real channel. */
@Timeout(60)
class ConnectionTest {
  /** What the other node exports. */
  public interface Order {
    int total(int count);

    String name();

    void wait(String what) throws IOException;

    CompletableFuture<String> later();
  }

  private static final Duration SOON = Duration.ofSeconds(10);

  @TempDir
  Path directory;

  private Peer server;
  private Peer client;
  private final CountDownLatch entered = new CountDownLatch(1);
  private final CountDownLatch release = new CountDownLatch(1);

  private final Order order = new Order() {
    @Override
    public int total(int count) {
      return 7 * count;
    }

    @Override
    public String name() {
      return "order";
    }

    @Override
    public void wait(String what) throws IOException {
      if (what.equals("fail")) {
        throw new IOException("no paper");
      }
      entered.countDown();
      try {
        release.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public CompletableFuture<String> later() {
      return CompletableFuture.completedFuture("later");
    }
  };

  @BeforeEach
  void open() {
    server = new Peer(directory, "server", true, 3_000);
    client = new Peer(directory, "client", true, 3_000);
  }

  @AfterEach
  void close() {
    release.countDown();
    client.close();
    server.close();
    assertEquals(RemoteConnector.CONNECTIONS_MAX, client.places(), "every place was given back");
    await()
        .atMost(SOON)
        .until(() -> Thread.getAllStackTraces().keySet().stream()
            .noneMatch(thread -> thread.getName().startsWith("fluid-")));
  }

  private RemoteReference only(RemoteConnection connection) {
    assertEquals(1, connection.references().size());
    return connection.references().get(0);
  }

  private static String text(RemoteReference reference, Object colour) {
    return reference.endpointId().substring(9, 13) + " " + colour;
  }

  /** Notes what it hears, with the properties as they were then. */
  private static final class Notes implements ReferenceListener {
    final List<String> heard = new CopyOnWriteArrayList<>();

    @Override
    public void added(RemoteReference reference) {
      heard.add("+" + text(reference, reference.property("COLOUR")));
    }

    @Override
    public void modified(RemoteReference reference) {
      heard.add("~" + text(reference, reference.property("colour")));
    }

    @Override
    public void removed(RemoteReference reference) {
      heard.add("-" + text(reference, reference.isLeased()));
    }
  }

  @Test
  void whatIsLeasedIsKnownWhenConnectCompletes() throws Exception {
    UUID id = server.export(Order.class, order, Map.of("colour", "blue", "size", 3L));
    server.export(Order.class, order, Map.of("colour", "red"));
    RemoteConnection connection = client.connect(server);
    assertTrue(connection.isOpen());
    assertEquals(server.info(), connection.peer());
    assertEquals(server.address(), connection.address());
    assertEquals(2, connection.references().size());
    List<RemoteReference> blue = connection.references("(&(Colour=blue)(size>=2))");
    assertEquals(1, blue.size());
    RemoteReference reference = blue.get(0);
    assertEquals("urn:uuid:" + id, reference.endpointId());
    assertEquals(List.of(Order.class.getName()), reference.interfaces());
    assertEquals(3L, reference.property("SIZE"));
    assertEquals(server.info(), reference.peer());
    assertTrue(reference.isLeased());
    assertThrows(
        UnsupportedOperationException.class, () -> reference.properties().put("a", "b"));
    assertThrows(IllegalArgumentException.class, () -> connection.references("(colour=blue"));
  }

  @Test
  void listenersHearWhatIsThereAndEachChange() throws Exception {
    UUID first = server.export(Order.class, order, Map.of("colour", "blue"));
    RemoteConnection connection = client.connect(server);
    Notes notes = new Notes();
    connection.listen(new ReferenceListener() {
      @Override
      public void added(RemoteReference reference) {
        throw new AssertionError("a listener that fails stops nobody else");
      }
    });
    Registration listening = connection.listen(notes);
    String one = first.toString().substring(0, 4);
    await().atMost(SOON).until(() -> notes.heard.equals(List.of("+" + one + " blue")));
    server.describe(first, Order.class, Map.of("colour", "red"));
    await().atMost(SOON).until(() -> notes.heard.size() == 2);
    RemoteReference reference = only(connection);
    server.unexport(first);
    await().atMost(SOON).until(() -> notes.heard.size() == 3);
    assertEquals(
        List.of("+" + one + " blue", "~" + one + " red", "-" + one + " false"), notes.heard);
    assertTrue(connection.references().isEmpty());
    server.export(first, Order.class, order, Map.of("colour", "green"));
    await().atMost(SOON).until(() -> notes.heard.size() == 4);
    assertNotSame(reference, only(connection), "what comes again is another reference");
    assertFalse(reference.isLeased());
    listening.close();
    connection.close();
    connection.closed().toCompletableFuture().get(10, TimeUnit.SECONDS);
    assertEquals(4, notes.heard.size());
  }

  @Test
  void aFetchedServiceIsCalledAndReleased() throws Exception {
    server.export(Order.class, order, Map.of());
    RemoteConnection connection = client.connect(server);
    Order fetched = connection.fetch(only(connection), Order.class);
    assertEquals(21, fetched.total(3));
    assertEquals("later", fetched.later().get(10, TimeUnit.SECONDS));
    assertEquals(
        "no paper", assertThrows(IOException.class, () -> fetched.wait("fail")).getMessage());
    RemoteReference reference = only(connection);
    assertThrows(IllegalArgumentException.class, () -> connection.fetch(reference, Runnable.class));
    assertThrows(
        IllegalArgumentException.class, () -> client.connect(server).fetch(reference, Order.class));
    assertThrows(IllegalArgumentException.class, () -> connection.release("something else"));
    connection.release(fetched);
    ServiceException released = assertThrows(ServiceException.class, () -> fetched.total(1));
    assertEquals(ServiceException.UNREGISTERED, released.getType());
    assertEquals(7, connection.fetch(reference, Order.class).total(1));
  }

  @Test
  void aCallDoesNotWait() throws Exception {
    server.export(Order.class, order, Map.of());
    RemoteConnection connection = client.connect(server);
    RemoteReference reference = only(connection);
    CompletionStage<Integer> total = connection.call(reference, Order.class, o -> o.total(3));
    assertEquals(21, total.toCompletableFuture().get(10, TimeUnit.SECONDS));
    CompletionStage<Object> waiting = connection.call(reference, Order.class, o -> {
      o.wait("long");
      return null;
    });
    entered.await();
    assertFalse(waiting.toCompletableFuture().isDone());
    release.countDown();
    waiting.toCompletableFuture().get(10, TimeUnit.SECONDS);
    ExecutionException failed = assertThrows(
        ExecutionException.class,
        () -> connection
            .call(reference, Order.class, o -> {
              o.wait("fail");
              return null;
            })
            .toCompletableFuture()
            .get(10, TimeUnit.SECONDS));
    assertEquals("no paper", failed.getCause().getMessage());
  }

  @Test
  void theExampleOfTheDocsRuns() throws Exception {
    server.export(Totals.Order.class, (Totals.Order) count -> 7 * count, Map.of("colour", "blue"));
    assertEquals(42, new Totals(client.connector).total(server.address().toString(), 3));
  }

  @Test
  void whatIsNoSingleCallIsRefused() throws Exception {
    server.export(Order.class, order, Map.of());
    RemoteConnection connection = client.connect(server);
    RemoteReference reference = only(connection);
    assertThrows(
        IllegalArgumentException.class, () -> connection.call(reference, Order.class, o -> 1));
    assertThrows(
        IllegalArgumentException.class,
        () -> connection.call(reference, Order.class, o -> o.total(1) + o.total(2)));
    assertThrows(
        IllegalArgumentException.class,
        () -> connection.call(reference, Order.class, o -> o.name().length()));
    String said = assertThrows(
            IllegalArgumentException.class,
            () -> connection.call(reference, Order.class, Order::later))
        .getMessage();
    assertTrue(said.contains("asynchronous by itself"), said);
  }

  @Test
  void closingEndsCallsThatAreUnderWay() throws Exception {
    server.export(Order.class, order, Map.of());
    RemoteConnection connection = client.connect(server);
    RemoteReference reference = only(connection);
    Notes notes = new Notes();
    connection.listen(notes);
    Order fetched = connection.fetch(reference, Order.class);
    CompletableFuture<Object> pending = connection
        .call(reference, Order.class, o -> {
          o.wait("long");
          return null;
        })
        .toCompletableFuture();
    entered.await();
    connection.close();
    connection.close();
    assertFalse(connection.isOpen());
    assertFalse(reference.isLeased());
    assertTrue(connection.references().isEmpty());
    ServiceException lost = assertInstanceOf(
        ServiceException.class,
        assertThrows(ExecutionException.class, () -> pending.get(10, TimeUnit.SECONDS))
            .getCause());
    assertEquals(ServiceException.REMOTE, lost.getType());
    assertTrue(lost.getMessage().contains("effect unknown"), lost.getMessage());
    ServiceException later = assertThrows(ServiceException.class, () -> fetched.total(1));
    assertEquals(ServiceException.REMOTE, later.getType());
    assertTrue(later.getMessage().contains("effect none"), later.getMessage());
    assertThrows(ServiceException.class, () -> connection.fetch(reference, Order.class));
    ChannelException why = connection.closed().toCompletableFuture().get(10, TimeUnit.SECONDS);
    assertTrue(why.getMessage().contains("closed on this side"), why.getMessage());
    assertEquals(2, notes.heard.size());

    RemoteConnection second = client.connect(server);
    assertEquals(7, second.fetch(only(second), Order.class).total(1));
    assertThrows(ServiceException.class, () -> fetched.total(1), "nothing revives it");
    assertEquals(1, client.spaces.size());
  }

  @Test
  void connectionsToOneNodeAreIndependentAndShareAChannel() throws Exception {
    server.export(Order.class, order, Map.of());
    RemoteConnection one = client.connect(server);
    RemoteConnection two = client.connect(server);
    assertEquals(1, client.node.multiplexer().channels().size());
    one.close();
    assertEquals(14, two.fetch(only(two), Order.class).total(2));
    two.close();
    await()
        .atMost(SOON)
        .until(() -> client.node.multiplexer().channels().isEmpty()
            && server.node.multiplexer().channels().isEmpty());
  }

  @Test
  void aChannelThatWasThereStays() throws Exception {
    client.node.multiplexer().connect(server.address()).get(10, TimeUnit.SECONDS);
    client.connect(server).close();
    assertEquals(1, client.node.multiplexer().channels().size());
    assertTrue(client.node.multiplexer().channels().get(0).isOpen());
  }

  @Test
  void aChannelThatOthersUseStays() throws Exception {
    RemoteConnection connection = client.connect(server);
    Channel channel = client.node.multiplexer().channels().get(0);
    ChannelStream other = channel.open("rsa");
    connection.close();
    assertTrue(channel.isOpen());
    assertFalse(channel.closeIfUnused());
    other.close();
    assertTrue(channel.closeIfUnused());
    assertFalse(channel.closeIfUnused(), "once");
    assertThrows(ChannelException.class, () -> channel.open("rsa"));
  }

  @Test
  void aCallThatRunsWhenItsExportClosesComesToItsEnd() throws Exception {
    UUID id = server.export(Order.class, order, Map.of());
    RemoteConnection connection = client.connect(server);
    RemoteReference reference = only(connection);
    Order fetched = connection.fetch(reference, Order.class);
    CompletionStage<Object> running = connection.call(reference, Order.class, o -> {
      o.wait("long");
      return null;
    });
    entered.await();
    server.unexport(id);
    await().atMost(SOON).until(() -> !reference.isLeased());
    ServiceException gone = assertThrows(ServiceException.class, () -> fetched.total(1));
    assertEquals(ServiceException.REMOTE, gone.getType());
    assertTrue(gone.getMessage().contains("effect none"), gone.getMessage());
    release.countDown();
    running.toCompletableFuture().get(10, TimeUnit.SECONDS);
    server.export(id, Order.class, order, Map.of());
    await().atMost(SOON).until(() -> connection.references().size() == 1);
    assertThrows(ServiceException.class, () -> fetched.total(1), "that was another lease");
    assertEquals(7, connection.fetch(only(connection), Order.class).total(1));
  }

  @Test
  void aNodeThatStopsTakesItsReferencesWithIt() throws Exception {
    server.export(Order.class, order, Map.of());
    RemoteConnection connection = client.connect(server);
    RemoteReference reference = only(connection);
    CompletableFuture<Object> pending = connection
        .call(reference, Order.class, o -> {
          o.wait("long");
          return null;
        })
        .toCompletableFuture();
    entered.await();
    server.node.close();
    connection.closed().toCompletableFuture().get(10, TimeUnit.SECONDS);
    assertFalse(reference.isLeased());
    ServiceException lost = assertInstanceOf(
        ServiceException.class,
        assertThrows(ExecutionException.class, () -> pending.get(10, TimeUnit.SECONDS))
            .getCause());
    assertTrue(lost.getMessage().contains("effect unknown"), lost.getMessage());
  }

  @Test
  void tenThousandReferencesComeAndAListenerThatBlocksPilesUpNothing() throws Exception {
    List<UUID> ids = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      ids.add(UUID.randomUUID());
      server.describe(ids.get(i), Order.class, Map.of("number", i, "colour", "blue"));
    }
    RemoteConnection connection = client.connect(server);
    assertEquals(10_000, connection.references().size());
    assertEquals(1, connection.references("(number=4711)").size());
    CountDownLatch blocked = new CountDownLatch(1);
    List<Object> seen = new CopyOnWriteArrayList<>();
    connection.listen(new ReferenceListener() {
      @Override
      public void modified(RemoteReference reference) {
        seen.add(reference.property("round"));
        try {
          blocked.await();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
    });
    for (int round = 0; round < 500; round++) {
      server.describe(ids.get(1), Order.class, Map.of("round", round));
      if (round == 0) {
        await().atMost(SOON).until(() -> seen.size() == 1);
      }
    }
    blocked.countDown();
    await().atMost(SOON).until(() -> seen.contains(499));
    assertTrue(seen.size() <= 3, "told " + seen.size() + " times: what waited was not summed up");
  }

  @RepeatedTest(20)
  void closingWhileOthersCallLeavesNothing() throws Exception {
    server.export(Order.class, order, Map.of());
    RemoteConnection connection = client.connect(server);
    RemoteReference reference = only(connection);
    Order fetched = connection.fetch(reference, Order.class);
    List<CompletableFuture<Void>> callers = new ArrayList<>();
    CountDownLatch started = new CountDownLatch(3);
    for (int i = 0; i < 3; i++) {
      callers.add(CompletableFuture.runAsync(
          () -> {
            try {
              while (true) {
                assertEquals(14, fetched.total(2));
                started.countDown();
              }
            } catch (ServiceException e) {
              assertEquals(ServiceException.REMOTE, e.getType());
            }
          },
          task -> new Thread(task, "caller").start()));
    }
    started.await();
    CompletableFuture<Void> closing = CompletableFuture.runAsync(connection::close);
    connection.close();
    closing.get(10, TimeUnit.SECONDS);
    for (CompletableFuture<Void> caller : callers) {
      caller.get(10, TimeUnit.SECONDS);
    }
    assertSame(
        connection.closed().toCompletableFuture().get(10, TimeUnit.SECONDS),
        connection.closed().toCompletableFuture().get(10, TimeUnit.SECONDS));
    await()
        .atMost(SOON)
        .until(() -> client.node.multiplexer().channels().isEmpty()
            && server.node.multiplexer().channels().isEmpty());
    assertEquals(0, client.spaces.size());
  }
}
