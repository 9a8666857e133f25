package org.fluidosgi.channel.internal.core;

import java.lang.System.Logger.Level;
import java.net.ConnectException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.fluidosgi.channel.Channel;
import org.fluidosgi.channel.ChannelException;
import org.fluidosgi.channel.ChannelException.Scope;
import org.fluidosgi.channel.ChannelListener;
import org.fluidosgi.channel.ChannelMultiplexer;
import org.fluidosgi.channel.ConnectFailedException;
import org.fluidosgi.channel.ConnectFailedException.Reason;
import org.fluidosgi.channel.Env;
import org.fluidosgi.channel.Env.Cancellable;
import org.fluidosgi.channel.NodeAddress;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.channel.NodeInfo;
import org.fluidosgi.channel.Registration;
import org.fluidosgi.channel.StreamHandler;
import org.jspecify.annotations.Nullable;

/** The node's channels over some {@link Network}.
 * Threads: any; state lives in {@link PeerTable}, {@link Endpoints} and the list of listeners. */
public final class Multiplexer implements ChannelMultiplexer {
  private final NodeInfo self;
  private final byte[] token;
  private final Limits limits;
  private final Env env;
  private final Network network;
  private final System.Logger log;
  private final QuietLog quietLog;
  private final PeerTable table;
  private final Endpoints endpoints = new Endpoints();
  private final List<ChannelListener> listeners = new CopyOnWriteArrayList<>();
  private final AtomicLong callIds = new AtomicLong();

  public Multiplexer(NodeInfo self, byte[] token, Limits limits, Env env, Network network) {
    this.self = self;
    this.token = token.clone();
    this.limits = limits;
    this.env = env;
    this.network = network;
    this.log = System.getLogger("org.fluidosgi.channel");
    this.quietLog = new QuietLog(log, env::nanoTime);
    this.table = new PeerTable(self.id());
  }

  NodeInfo self() {
    return self;
  }

  byte[] token() {
    return token;
  }

  Limits limits() {
    return limits;
  }

  Env env() {
    return env;
  }

  System.Logger log() {
    return log;
  }

  QuietLog quietLog() {
    return quietLog;
  }

  PeerTable table() {
    return table;
  }

  Endpoints endpoints() {
    return endpoints;
  }

  /** Takes a connection that a peer made. Threads: the link's loop. */
  public void accept(Link link) {
    new Handshake(this, link, null).start();
  }

  /** A limit of the network was hit. */
  public void warn(String text) {
    quietLog.warn(self.name() + ": " + text);
  }

  @Override
  public CompletableFuture<Channel> connect(NodeAddress address) {
    return connect(address, table.reached(address));
  }

  @Override
  public CompletableFuture<Channel> dial(NodeAddress address) {
    return connect(address, table.dialled(address));
  }

  private CompletableFuture<Channel> connect(NodeAddress address, Optional<Connection> open) {
    if (open.isPresent()) {
      return CompletableFuture.completedFuture(open.get());
    }
    Dial mine = new Dial(address, new CompletableFuture<>());
    Dial dial = table.dial(mine);
    if (dial == null) {
      return CompletableFuture.failedFuture(Connection.notSent(
          Scope.NODE, "cannot connect to " + address + ": this node is stopping"));
    }
    if (dial == mine) {
      network
          .dial(address, link -> new Handshake(this, link, mine).start())
          .whenComplete((nothing, failure) -> {
            if (failure != null) {
              dialFailed(mine, unreachable(address, failure));
            }
          });
    }
    return dial.result().copy();
  }

  private static ChannelException unreachable(NodeAddress address, Throwable failure) {
    Throwable cause = failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
    return new ConnectFailedException(
        cause instanceof ConnectException ? Reason.REFUSED : Reason.SILENT,
        "cannot connect to " + address + ": " + cause.getMessage()
            + "; check that a node runs there and that the address is the advertised one",
        cause);
  }

  @Override
  public CompletableFuture<Channel> connect(NodeId peer) {
    Optional<Connection> open = table.open(peer);
    if (open.isPresent()) {
      return CompletableFuture.completedFuture(open.get());
    }
    NodeAddress address = table.address(peer);
    if (address == null) {
      return CompletableFuture.failedFuture(Connection.notSent(
          Scope.NODE, "cannot connect to node " + peer + ": no address of it is known"));
    }
    return connect(address).thenApply(channel -> {
      if (!channel.peer().id().equals(peer)) {
        throw Connection.notSent(
            Scope.NODE,
            "cannot connect to node " + peer + ": at " + address + " now answers node "
                + channel.peer().id() + " (" + channel.peer().name() + ")");
      }
      return channel;
    });
  }

  void dialSucceeded(Dial dial, Connection connection) {
    table.dialEnded(dial);
    dial.result().complete(connection);
  }

  void dialFailed(Dial dial, ChannelException failure) {
    table.dialEnded(dial);
    dial.result().completeExceptionally(failure);
  }

  /** The pair has another connection, open or nearly so: the dial ends with that one. */
  void dialGaveWay(Dial dial, NodeId peer, String why) {
    CompletableFuture<Channel> other = table.await(peer);
    Cancellable limit =
        env.schedule(Duration.ofMillis(limits.handshakeMillis()), () -> other.cancel(false));
    other.whenComplete((channel, failure) -> {
      limit.cancel();
      if (failure == null) {
        table.dialEnded(dial);
        dial.result().complete(channel);
      } else {
        table.awaitEnded(peer, other);
        dialFailed(
            dial,
            Connection.notSent(
                Scope.CHANNEL,
                "cannot connect to " + dial.address() + ": " + why
                    + ", but that did not open; try again"));
      }
    });
  }

  /** The end of the channel that was replaced is told before the beginning of the new one, though they may have different
   * loops. Threads: the connection's loop. */
  void opened(Connection connection, PeerTable.Admitted admitted, @Nullable Dial dial) {
    Connection replaced = admitted.replaced();
    if (replaced == null) {
      announceOpened(connection, admitted, dial);
      return;
    }
    replaced.close(GoAway.REPLACED, "a newer connection of the peer replaced it");
    replaced
        .whenClosed()
        .thenRun(() -> connection.onLoop(() -> announceOpened(connection, admitted, dial)));
  }

  private void announceOpened(
      Connection connection, PeerTable.Admitted admitted, @Nullable Dial dial) {
    NodeInfo peer = connection.peer();
    log.log(
        Level.INFO,
        "{0}: channel open to {1} ({2}, {3}, incarnation {4})",
        self.name(),
        peer.name(),
        peer.address(),
        peer.id(),
        peer.incarnation().counter());
    announce(listener -> listener.opened(connection));
    connection.openTold();
    admitted.waiters().forEach(waiter -> waiter.complete(connection));
    if (dial != null) {
      dialSucceeded(dial, connection);
    }
  }

  void announceClosed(Connection connection, ChannelException cause) {
    announce(listener -> listener.closed(connection, cause));
  }

  private void announce(Consumer<ChannelListener> change) {
    for (ChannelListener listener : listeners) {
      try {
        change.accept(listener);
      } catch (Throwable e) {
        Fatal.rethrow(e);
        log.log(Level.WARNING, self.name() + ": a channel listener failed: " + listener, e);
      }
    }
  }

  void handlerFailed(Stream stream, Throwable failure) {
    log.log(Level.DEBUG, self.name() + ": the handler of " + stream + " failed", failure);
    quietLog.warn(self.name() + ": the handler of " + stream + " failed: " + failure);
  }

  @Override
  public Optional<Channel> channel(NodeId peer) {
    return table.open(peer).map(connection -> connection);
  }

  @Override
  public List<Channel> channels() {
    return List.copyOf(table.open());
  }

  @Override
  public long nextCallId() {
    return callIds.incrementAndGet();
  }

  @Override
  public void learn(NodeId peer, NodeAddress address) {
    table.learn(peer, address);
  }

  @Override
  public Registration serve(String endpoint, StreamHandler handler) {
    Served served = endpoints.add(endpoint, handler);
    return () -> {
      if (endpoints.remove(served)) {
        table
            .open()
            .forEach(connection -> connection.streams().values().stream()
                .filter(stream -> stream.served() == served)
                .forEach(stream -> connection.closeStream(
                    stream, CloseCode.WITHDRAWN, "the endpoint was withdrawn")));
      }
    };
  }

  @Override
  public Registration listen(ChannelListener listener) {
    AtomicBoolean closed = new AtomicBoolean();
    ChannelListener own = new ChannelListener() {
      @Override
      public void opened(Channel channel) {
        if (!closed.get()) {
          listener.opened(channel);
        }
      }

      @Override
      public void closed(Channel channel, ChannelException cause) {
        if (!closed.get()) {
          listener.closed(channel, cause);
        }
      }

      @Override
      public String toString() {
        return listener.toString();
      }
    };
    listeners.add(own);
    return () -> {
      closed.set(true);
      listeners.remove(own);
    };
  }

  /** Closes every channel, telling the peers; waits at most that long for the listeners to have been told. */
  public void close(Duration timeout) {
    ChannelException stopping =
        Connection.notSent(Scope.NODE, "cannot connect: " + self.name() + " is stopping");
    table.stop().forEach(future -> future.completeExceptionally(stopping));
    network.stopListening();
    List<Connection> open = table.open();
    open.forEach(connection -> connection.close(GoAway.STOPPING, self.name() + " is stopping"));
    CompletableFuture<?>[] closed =
        open.stream().map(Connection::whenClosed).toArray(CompletableFuture[]::new);
    try {
      CompletableFuture.allOf(closed).get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
      log.log(Level.WARNING, self.name() + ": not all channels closed in time", e);
    }
  }
}
