package org.fluidosgi.jgroups.internal.core;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.fluidosgi.channel.Env;
import org.fluidosgi.channel.NodeAddress;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.channel.NodeInfo;
import org.jspecify.annotations.Nullable;

/** Looks for nodes of the group by multicast: asks at once, twice more within a second, and then every ten seconds; answers who asks
 * and has no channel to us, and reports the addresses of those that answer. Datagrams that are not the group's are dropped.
 * Threads: one of its own, which owns all state and reports; nothing else blocks. Source: protocol-cluster, section 8. */
public final class MulticastSearch implements AutoCloseable {
  /** Datagrams that are looked at in a second; the rest waits in the kernel, or is lost. */
  static final int DATAGRAMS_PER_SECOND_MAX = 200;

  /** Interfaces that are searched where the node listens on all. */
  static final int INTERFACES_MAX = 16;

  private static final long[] FIRST_MILLIS = {0, 250, 750};
  private static final long PERIOD_MILLIS = 10_000;
  private static final int CLOSE_MILLIS_MAX = 2000;
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final System.Logger LOG = System.getLogger("org.fluidosgi.jgroups");

  private final NodeInfo self;
  private final byte[] key;
  private final Env env;
  private final Predicate<NodeId> connected;
  private final Consumer<NodeAddress> found;
  private final Selector selector;
  private final List<Place> places = new ArrayList<>();
  private final byte[] question;
  private final byte[] answer;
  private final ByteBuffer received = ByteBuffer.allocate(Sighting.BYTES_MAX + 1);
  private @Nullable Thread thread;
  private int asked;
  private long askAt;
  private long secondEnds;
  private int inThisSecond;
  private boolean floodTold;

  /** A group on one interface: {@code shared} hears the group, {@code own} asks it and hears answers. */
  private record Place(
      InetSocketAddress group, NetworkInterface at, DatagramChannel shared, DatagramChannel own) {}

  /** Shape: {@code key} is the group's, {@code connected} says whether there is a channel to a node; {@code found} is told, on this search's
   * thread, where to dial. Errors: IOException when the sockets cannot be had. */
  public MulticastSearch(
      NodeInfo self, byte[] key, Env env, Predicate<NodeId> connected, Consumer<NodeAddress> found)
      throws IOException {
    this.self = self;
    this.key = key.clone();
    this.env = env;
    this.connected = connected;
    this.found = found;
    this.question = new Sighting(true, self.id(), self.address()).encode(key);
    this.answer = new Sighting(false, self.id(), self.address()).encode(key);
    this.selector = Selector.open();
  }

  /** Searches these groups at that address of this machine, a wildcard for all interfaces. Groups that cannot be heard are said
   * once; false when none is left. */
  public boolean start(List<NodeAddress> groups, InetAddress bound, ThreadFactory threads) {
    for (NodeAddress group : groups) {
      try {
        InetSocketAddress address =
            new InetSocketAddress(InetAddress.getByName(group.host()), group.port());
        for (NetworkInterface at : interfaces(bound)) {
          places.add(open(address, bound, at));
        }
      } catch (IOException e) {
        LOG.log(
            System.Logger.Level.WARNING,
            "{0}: fluid.join=multicast:{1}: no multicast at {2}: {3}; this node works without it",
            self.name(),
            group,
            bound.getHostAddress(),
            e.getMessage());
      }
    }
    if (places.isEmpty()) {
      return false;
    }
    LOG.log(
        System.Logger.Level.INFO,
        "{0}: looks for its group by multicast at {1}",
        self.name(),
        places.stream().map(place -> place.group + "%" + place.at.getName()).toList());
    askAt = env.nanoTime();
    secondEnds = askAt;
    thread = threads.newThread(this::run);
    thread.start();
    return true;
  }

  private static List<NetworkInterface> interfaces(InetAddress bound) throws IOException {
    if (!bound.isAnyLocalAddress()) {
      NetworkInterface at = NetworkInterface.getByInetAddress(bound);
      if (at == null) {
        throw new SocketException("no interface has that address");
      }
      return List.of(at);
    }
    List<NetworkInterface> all = new ArrayList<>();
    for (NetworkInterface at :
        NetworkInterface.networkInterfaces().limit(4 * INTERFACES_MAX).toList()) {
      if (all.size() < INTERFACES_MAX && at.isUp() && at.supportsMulticast() && !at.isLoopback()) {
        all.add(at);
      }
    }
    if (all.isEmpty()) {
      throw new SocketException("no interface takes multicast");
    }
    return all;
  }

  private Place open(InetSocketAddress group, InetAddress bound, NetworkInterface at)
      throws IOException {
    boolean six = group.getAddress() instanceof java.net.Inet6Address;
    StandardProtocolFamily family =
        six ? StandardProtocolFamily.INET6 : StandardProtocolFamily.INET;
    DatagramChannel shared = DatagramChannel.open(family);
    DatagramChannel own = DatagramChannel.open(family);
    try {
      shared.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      shared.bind(new InetSocketAddress(group.getPort()));
      shared.join(group.getAddress(), at);
      own.setOption(StandardSocketOptions.IP_MULTICAST_IF, at);
      own.bind(
          (bound instanceof java.net.Inet6Address) == six ? new InetSocketAddress(bound, 0) : null);
      for (DatagramChannel channel : List.of(shared, own)) {
        channel.configureBlocking(false);
        channel.register(selector, SelectionKey.OP_READ);
      }
      return new Place(group, at, shared, own);
    } catch (IOException | RuntimeException e) {
      shared.close();
      own.close();
      throw e instanceof IOException io ? io : new IOException(e.toString(), e);
    }
  }

  private void run() {
    try {
      while (selector.isOpen()) {
        long now = env.nanoTime();
        if (now - askAt >= 0) {
          ask(now);
        }
        boolean open = hasRoom(now);
        selector.keys().forEach(k -> k.interestOps(open ? SelectionKey.OP_READ : 0));
        long wait = Math.min(askAt - now, open ? Long.MAX_VALUE : secondEnds - now);
        selector.select(ready -> read((DatagramChannel) ready.channel()), millis(wait));
      }
    } catch (IOException | java.nio.channels.ClosedSelectorException e) {
      LOG.log(System.Logger.Level.DEBUG, self.name() + ": the search by multicast ends", e);
    } catch (RuntimeException e) {
      if (selector.isOpen()) {
        LOG.log(System.Logger.Level.ERROR, self.name() + ": the search by multicast has failed", e);
      }
    }
  }

  private static long millis(long nanos) {
    return Math.max(1, Duration.ofNanos(nanos).toMillis());
  }

  private void ask(long now) {
    for (Place place : places) {
      send(place.own, question, place.group);
    }
    asked++;
    long pause = asked < FIRST_MILLIS.length
        ? FIRST_MILLIS[asked] - FIRST_MILLIS[asked - 1]
        : PERIOD_MILLIS / 2 + env.random().nextLong(PERIOD_MILLIS);
    askAt = now + Duration.ofMillis(pause).toNanos();
  }

  /** Whether more datagrams may be looked at now. */
  private boolean hasRoom(long now) {
    if (now - secondEnds >= 0) {
      secondEnds = now + SECOND.toNanos();
      inThisSecond = 0;
    }
    return inThisSecond < DATAGRAMS_PER_SECOND_MAX;
  }

  private void read(DatagramChannel channel) {
    try {
      while (inThisSecond < DATAGRAMS_PER_SECOND_MAX) {
        received.clear();
        SocketAddress from = channel.receive(received);
        if (from == null) {
          return;
        }
        inThisSecond++;
        byte[] datagram = new byte[received.flip().remaining()];
        received.get(datagram);
        Sighting.decode(datagram, key).ifPresent(sighting -> seen(sighting, channel, from));
      }
      tellFlood();
    } catch (IOException e) {
      // An answer that nobody took any more comes back as an error.
      LOG.log(System.Logger.Level.DEBUG, self.name() + ": a datagram could not be read", e);
    }
  }

  private void seen(Sighting sighting, DatagramChannel channel, SocketAddress from) {
    if (sighting.node().equals(self.id()) || connected.test(sighting.node())) {
      return;
    }
    if (!sighting.asks()) {
      found.accept(sighting.address());
      return;
    }
    places.stream()
        .filter(place -> place.shared == channel)
        .findFirst()
        .ifPresent(place -> send(place.own, answer, from));
  }

  private void tellFlood() {
    if (!floodTold) {
      floodTold = true;
      LOG.log(
          System.Logger.Level.WARNING,
          "{0}: more than {1} datagrams a second come to the multicast group of fluid.join; the rest is dropped",
          self.name(),
          DATAGRAMS_PER_SECOND_MAX);
    }
  }

  private void send(DatagramChannel from, byte[] datagram, SocketAddress to) {
    try {
      from.send(ByteBuffer.wrap(datagram), to);
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, self.name() + ": no datagram to " + to, e);
    }
  }

  /** Ends the thread and closes the sockets. Idempotent. */
  @Override
  public void close() {
    try {
      selector.close();
      for (Place place : places) {
        place.shared.close();
        place.own.close();
      }
      if (thread != null && thread != Thread.currentThread()) {
        thread.join(CLOSE_MILLIS_MAX);
      }
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, self.name() + ": closing a socket failed", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
