package org.fluidosgi.channel.internal.core;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.fluidosgi.channel.Channel;
import org.fluidosgi.channel.Incarnation;
import org.fluidosgi.channel.NodeAddress;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.channel.NodeInfo;
import org.jspecify.annotations.Nullable;

/** Who is connected, who is being dialled, where nodes were last reached; decides which of several connections of a pair stays.
 * Owner of all state: the monitor; nothing is called out under it. Source: protocol-channel section 4. */
final class PeerTable {
  /** What becomes of a connection whose peer has proved itself. */
  sealed interface Verdict {}

  /** It is the channel now; the other one, if any, must be closed, or just is. */
  record Admitted(@Nullable Connection replaced, List<CompletableFuture<Channel>> waiters)
      implements Verdict {}

  record Refused(RejectCode code, String text) implements Verdict {}

  /** There is an open channel to the same incarnation: find out whether it still lives. */
  record Doubtful(Connection existing) implements Verdict {}

  private static final class Peer {
    private @Nullable NodeAddress address;
    private @Nullable Incarnation incarnation;
  }

  private final NodeId self;
  private final Map<NodeId, Connection> open = new TreeMap<>();
  private final Map<NodeId, Handshake> dialled = new HashMap<>();
  private final Map<NodeAddress, Dial> dials = new HashMap<>();
  private final Map<NodeId, Peer> known = bounded();
  private final Map<NodeId, List<CompletableFuture<Channel>>> waiters = new HashMap<>();
  private boolean stopping;

  PeerTable(NodeId self) {
    this.self = self;
  }

  private static <K, V> Map<K, V> bounded() {
    return new LinkedHashMap<>(16, 0.75f, true) {
      private static final long serialVersionUID = 1L;

      @Override
      protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
        return size() > Limits.PEERS_MAX;
      }
    };
  }

  synchronized Optional<Connection> open(NodeId peer) {
    return Optional.ofNullable(open.get(peer)).filter(Connection::isOpen);
  }

  synchronized List<Connection> open() {
    return open.values().stream().filter(Connection::isOpen).toList();
  }

  synchronized @Nullable NodeAddress address(NodeId peer) {
    Peer known = this.known.get(peer);
    return known == null ? null : known.address;
  }

  synchronized void learn(NodeId peer, NodeAddress address) {
    known.computeIfAbsent(peer, id -> new Peer()).address = address;
  }

  /** The open channel that leads to that address. */
  synchronized Optional<Connection> reached(NodeAddress address) {
    return open().stream().filter(connection -> connection.leadsTo(address)).findFirst();
  }

  /** The open channel that was dialled at that address. */
  synchronized Optional<Connection> dialled(NodeAddress address) {
    return open().stream()
        .filter(connection -> connection.wasDialledAt(address))
        .findFirst();
  }

  /** The dial under way to that address, or the given one, which the caller then begins; null when the node stops. */
  synchronized @Nullable Dial dial(Dial dial) {
    if (stopping) {
      return null;
    }
    Dial other = dials.putIfAbsent(dial.address(), dial);
    return other == null ? dial : other;
  }

  synchronized void dialEnded(Dial dial) {
    dials.remove(dial.address(), dial);
  }

  /** A dial learnt whom it reached. Null: go on with the proof. Else: the reason not to. */
  synchronized @Nullable Verdict dialReached(Handshake handshake, NodeInfo peer) {
    Refused refused = checkIncarnation(peer);
    if (refused != null) {
      return refused;
    }
    Connection existing = open.get(peer.id());
    if (existing != null
        && existing.isOpen()
        && existing.peer().incarnation().equals(peer.incarnation())) {
      return new Doubtful(existing);
    }
    Handshake other = dialled.putIfAbsent(peer.id(), handshake);
    return other == null ? null : new Refused(RejectCode.DUPLICATE, "another dial is under way");
  }

  synchronized void handshakeEnded(Handshake handshake, NodeId peer) {
    dialled.remove(peer, handshake);
  }

  /** A peer proved itself. When admitted, {@code beforeUse} is queued on the link before anybody can use the channel. */
  synchronized Verdict admit(
      Handshake handshake, Connection candidate, @Nullable OutFrame beforeUse) {
    NodeInfo peer = candidate.peer();
    boolean dialer = handshake.isDialer();
    Refused refused = checkIncarnation(peer);
    if (refused != null) {
      return refused;
    }
    Connection existing = open.get(peer.id());
    if (!dialer) {
      if (dialled.containsKey(peer.id()) && self.compareTo(peer.id()) < 0) {
        return new Refused(RejectCode.DUPLICATE, "my own dial to you is under way and wins");
      }
      if (existing != null
          && existing.isOpen()
          && existing.peer().incarnation().equals(peer.incarnation())) {
        return new Doubtful(existing);
      }
    }
    if (beforeUse != null) {
      candidate.link().offer(beforeUse, Long.MAX_VALUE);
    }
    open.put(peer.id(), candidate);
    Peer entry = known.computeIfAbsent(peer.id(), id -> new Peer());
    entry.address = peer.address();
    entry.incarnation = peer.incarnation();
    List<CompletableFuture<Channel>> waiting = waiters.remove(peer.id());
    return new Admitted(existing, waiting == null ? List.of() : waiting);
  }

  private @Nullable Refused checkIncarnation(NodeInfo peer) {
    if (stopping) {
      return new Refused(RejectCode.STOPPING, "this node is stopping");
    }
    Peer before = known.get(peer.id());
    Incarnation last = before == null ? null : before.incarnation;
    Incarnation now = peer.incarnation();
    if (last == null || now.counter() > last.counter() || now.equals(last)) {
      return null;
    }
    String text = now.counter() < last.counter()
        ? "node id " + peer.id() + " comes with incarnation " + now.counter() + ", but "
            + last.counter() + " was here already: an older copy of its data directory"
        : "node id " + peer.id() + " is used by two processes at once";
    return new Refused(RejectCode.IDENTITY, text);
  }

  /** Completes with the channel to that peer as soon as one opens; the caller bounds the wait. */
  synchronized CompletableFuture<Channel> await(NodeId peer) {
    Optional<Connection> now = open(peer);
    if (now.isPresent()) {
      return CompletableFuture.completedFuture(now.get());
    }
    CompletableFuture<Channel> future = new CompletableFuture<>();
    waiters.computeIfAbsent(peer, id -> new ArrayList<>()).add(future);
    return future;
  }

  synchronized void awaitEnded(NodeId peer, CompletableFuture<Channel> future) {
    List<CompletableFuture<Channel>> list = waiters.get(peer);
    if (list != null && list.remove(future) && list.isEmpty()) {
      waiters.remove(peer);
    }
  }

  synchronized void closed(Connection connection) {
    open.remove(connection.peer().id(), connection);
  }

  /** From now on nothing is admitted; returns all futures that would never complete. */
  synchronized List<CompletableFuture<Channel>> stop() {
    stopping = true;
    List<CompletableFuture<Channel>> hopeless = new ArrayList<>();
    dials.values().forEach(dial -> hopeless.add(dial.result()));
    waiters.values().forEach(hopeless::addAll);
    dials.clear();
    waiters.clear();
    return hopeless;
  }
}
