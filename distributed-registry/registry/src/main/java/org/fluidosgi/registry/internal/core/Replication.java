package org.fluidosgi.registry.internal.core;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.fluidosgi.channel.Env;
import org.fluidosgi.channel.Incarnation;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.registry.Inventory;
import org.fluidosgi.registry.View;
import org.fluidosgi.registry.spi.ClusterEngine;
import org.jspecify.annotations.Nullable;

/** Keeps the replicas of other owners' records true to their owners: applies their writes, compares digests, reads
 * snapshots, and drops what belongs to nobody in the view.
 * Invariant: only the owner itself is a source of its records; only members of the view in force have any.
 * Threads: the node's task queue; engines' threads only enqueue. Source: protocol-registry. */
final class Replication implements SnapshotReading.Host, EngineLink.To {
  private static final Logger LOG = System.getLogger("org.fluidosgi.registry");

  /** How long a member that joined may stay silent before its records are asked for. */
  static final Duration SILENCE_MAX = Duration.ofSeconds(1);

  /** Longest chunk that is sent, where the engine takes as much. */
  static final int CHUNK_BYTES_MAX = 512 * 1024;

  /** Nodes whose last life is remembered after they left. */
  static final int LIVES_MAX = 10_000;

  /** Requests of one member that are answered within {@link #ASKS_SPAN}. */
  static final int ASKS_MAX = 500;

  static final Duration ASKS_SPAN = Duration.ofSeconds(2);

  private final String node;
  private final NodeId self;
  private final Incarnation incarnation;
  private final Env env;
  private final LocalStore store;
  private final OwnRecords own;
  private final GroupMembership membership;
  private final Duration digestPeriod;
  private final Map<NodeId, OwnerState> owners = new HashMap<>();
  private final Map<NodeId, Incarnation> lives = new LinkedHashMap<>();
  private final Set<String> warned = new HashSet<>();
  private final SnapshotReading reading;
  private final Inflow inflow;
  private final Allowance asks = new Allowance(ASKS_MAX, ASKS_SPAN);
  private @Nullable EngineLink current;
  private Env.@Nullable Cancellable digestTimer;
  private final AtomicLong links = new AtomicLong();
  private boolean closed;

  Replication(
      String node,
      NodeId self,
      Incarnation incarnation,
      Env env,
      LocalStore store,
      OwnRecords own,
      GroupMembership membership,
      Duration digestPeriod) {
    this.node = node;
    this.self = self;
    this.incarnation = incarnation;
    this.env = env;
    this.store = store;
    this.own = own;
    this.membership = membership;
    this.digestPeriod = digestPeriod;
    reading = new SnapshotReading(node, incarnation, env, this);
    inflow = new Inflow(node);
  }

  ClusterEngine.Handler attach(ClusterEngine engine) {
    if (engine.messageBytesMax() < ClusterEngine.MESSAGE_BYTES_LEAST) {
      throw new IllegalArgumentException("the engine takes messages of " + engine.messageBytesMax()
          + " bytes, the registry needs " + ClusterEngine.MESSAGE_BYTES_LEAST);
    }
    return new EngineLink(engine, links.incrementAndGet(), self, env, inflow, this);
  }

  void detach(ClusterEngine.Handler handler) {
    if (handler instanceof EngineLink link) {
      link.detached = true;
    }
  }

  void close() {
    closed = true;
    current = null;
    if (digestTimer != null) {
      digestTimer.cancel();
    }
    owners.clear();
    reading.clear();
  }

  // ---- views

  @Override
  public void viewed(EngineLink link, View next) {
    if (closed || link.detached) {
      return;
    }
    EngineLink before = current;
    boolean switched = before != link;
    if (switched) {
      if (before != null && before.number > link.number) {
        return; // a late word of an engine that was replaced
      }
      current = link;
    }
    Set<NodeId> gone = new HashSet<>(owners.keySet());
    if (!switched) {
      gone.removeAll(next.members());
    }
    View last = membership.view();
    for (NodeId owner : gone) {
      forget(owner);
    }
    boolean joined = false;
    for (NodeId member : next.members()) {
      if (!member.equals(self) && !owners.containsKey(member)) {
        owners.put(member, new OwnerState(member, store));
        joined = true;
      }
    }
    View now = membership.install(next);
    LOG.log(
        Level.INFO,
        () -> node + ": view " + now.epoch() + ", " + now.members().size() + " members"
            + difference(" joined ", now, last) + difference(" left ", last, now));
    membership.announce();
    if (joined) {
      multicast(own.digest());
      env.schedule(SILENCE_MAX, () -> askTheSilent(link));
    }
    if (digestTimer == null) {
      scheduleDigest();
    }
  }

  @Override
  public void suspected(EngineLink link, Set<NodeId> silent) {
    if (inForce(link)) {
      membership.suspect(silent);
    }
  }

  private boolean inForce(EngineLink link) {
    return link == current && !link.detached && !closed;
  }

  private static String difference(String word, View of, View without) {
    List<NodeId> rest =
        of.members().stream().filter(member -> !without.contains(member)).toList();
    return rest.isEmpty() ? "" : "," + word + rest;
  }

  private void forget(NodeId owner) {
    OwnerState state = owners.remove(owner);
    if (state != null) {
      Incarnation life = state.incarnation();
      if (life != null) {
        lives.remove(owner);
        lives.put(owner, life);
        if (lives.size() > LIVES_MAX) {
          lives.remove(lives.keySet().iterator().next());
        }
      }
      state.leave();
      reading.forget(state);
      inflow.forget(owner);
      asks.forget(owner);
    }
  }

  private void askTheSilent(EngineLink link) {
    if (inForce(link)) {
      for (OwnerState state : List.copyOf(owners.values())) {
        if (!state.synced()) {
          reading.read(state);
        }
      }
    }
  }

  private void scheduleDigest() {
    digestTimer = env.schedule(digestPeriod, () -> {
      if (!closed) {
        scheduleDigest();
        if (!owners.isEmpty()) {
          multicast(own.digest());
        } else {
          own.forgetSnapshots();
        }
      }
    });
  }

  StoreSizes sizes() {
    int records = 0;
    int ahead = 0;
    int read = 0;
    for (OwnerState state : owners.values()) {
      records += state.size();
      ahead += state.waiting();
      read += state.reader.got.size();
    }
    return new StoreSizes(
        owners.size(),
        records,
        ahead,
        reading.running(),
        reading.waiting(),
        read,
        own.snapshots(),
        lives.size(),
        warned.size(),
        inflow.waiting());
  }

  @Override
  public @Nullable ClusterEngine engine() {
    EngineLink link = current;
    return link == null || !inForce(link) ? null : link.engine;
  }

  @Override
  public boolean knows(OwnerState state) {
    return !closed && owners.get(state.owner) == state;
  }

  /** What is known of each member, in order of the view. */
  List<Inventory.Owner> inventory() {
    List<Inventory.Owner> found = new ArrayList<>();
    for (NodeId member : membership.view().members()) {
      OwnerState state = owners.get(member);
      if (state != null) {
        found.add(state.inventory());
      } else if (member.equals(self)) {
        RegistryMessage.Digest digest = own.digest();
        found.add(new Inventory.Owner(
            self, incarnation, true, digest.seq(), digest.count(), digest.hash()));
      }
    }
    return found;
  }

  // ---- messages

  void multicast(RegistryMessage message) {
    EngineLink link = current;
    if (link == null || link.detached) {
      return; // the digest of the next view tells
    }
    try {
      link.engine.multicast(MessageCodec.encode(message)).whenComplete((done, failure) -> {
        if (failure != null) {
          LOG.log(Level.DEBUG, node + ": a multicast failed, the next digest repairs it", failure);
        }
      });
    } catch (RuntimeException e) {
      warnOnce("multicast", "the engine refused a message, the next digest repairs it", e);
    }
  }

  @Override
  public void received(EngineLink link, NodeId from, byte[] bytes) {
    OwnerState state = owners.get(from);
    if (state == null || !inForce(link)) {
      return; // no member
    }
    try {
      RegistryMessage message = MessageCodec.decode(bytes);
      if (!admit(state, message.incarnation())) {
        return;
      }
      boolean complete = true;
      if (message instanceof RegistryMessage.Put put) {
        complete = state.write(put.seq(), put);
      } else if (message instanceof RegistryMessage.Withdraw withdraw) {
        complete = state.write(withdraw.seq(), withdraw);
      } else if (message instanceof RegistryMessage.Digest digest) {
        state.reader.attempt = 0;
        complete = state.agrees(digest);
      }
      if (!complete) {
        reading.read(state);
      }
    } catch (UnknownMessageException e) {
      warnOnce(
          "unknown " + from,
          "ignores messages of " + e.getMessage() + " from " + from + ": is it of a newer release?",
          null);
    } catch (IllegalArgumentException e) {
      warnOnce("malformed " + from, "ignores a malformed message from " + from, e);
    }
  }

  /** Whether words of that life of the owner count; a later life voids the earlier one. */
  @Override
  public boolean admit(OwnerState state, Incarnation life) {
    Incarnation known = state.incarnation();
    Incarnation last = known == null ? lives.get(state.owner) : known;
    if (last != null && life.counter() < last.counter()) {
      return false;
    }
    if (last != null && life.counter() == last.counter() && !life.equals(last)) {
      warnOnce(
          "twins " + state.owner,
          state.owner + " lives twice, as " + last + " and " + life
              + ": was its data directory copied? The later one is ignored",
          null);
      return false;
    }
    if (known == null || life.counter() > known.counter()) {
      reading.end(state);
      state.begin(life);
    }
    return true;
  }

  @Override
  public byte[] answered(EngineLink link, NodeId from, byte[] bytes) {
    if (!inForce(link) || !(from.equals(self) || owners.containsKey(from))) {
      throw new IllegalStateException(from + " is no member of this node's group");
    }
    if (!asks.take(from, env.nanoTime())) {
      warnOnce(
          "asks " + from,
          from + " asks for snapshots more than " + ASKS_MAX + " times within "
              + ASKS_SPAN.toSeconds() + " s and is refused until it asks less",
          null);
      throw new IllegalStateException("asked too often, ask again later");
    }
    try {
      if (MessageCodec.decode(bytes) instanceof RegistryMessage.SnapshotRequest request) {
        int bytesMax = Math.min(CHUNK_BYTES_MAX, link.engine.messageBytesMax());
        return MessageCodec.encode(own.chunk(request, bytesMax));
      }
      throw new IllegalArgumentException("that is no request");
    } catch (UnknownMessageException e) {
      throw new IllegalArgumentException("unknown request: " + e.getMessage(), e);
    }
  }

  @Override
  public void warnOnce(String about, String text, @Nullable Throwable cause) {
    boolean first = warned.size() < LIVES_MAX && warned.add(about);
    Level level = first ? Level.WARNING : Level.DEBUG;
    if (cause == null) {
      LOG.log(level, node + ": " + text);
    } else {
      LOG.log(level, node + ": " + text, cause);
    }
  }
}
