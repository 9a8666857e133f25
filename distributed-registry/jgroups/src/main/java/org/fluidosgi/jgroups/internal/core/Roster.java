package org.fluidosgi.jgroups.internal.core;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.fluidosgi.channel.Channel;
import org.fluidosgi.channel.ChannelMultiplexer;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.channel.NodeInfo;

/** Who is in the engine's newest view, who of them is silent and who has left for sure; and what follows for channels and dials when
 * a member goes.
 * Threads: any; views come one after the other. State: concurrent sets. Calls out without a lock. */
public final class Roster implements Watch.Verdicts {
  private static final Duration PING_TIMEOUT = Duration.ofMillis(500);

  /** The engine's group. Must not block. */
  public interface Group {
    /** That member's process is gone: take it out of the view without further verification. */
    void left(Member member);

    /** Tells that node our view: if it takes itself for a member, it learns that it is none. */
    void tellView(NodeInfo peer);

    /** Tells acquaintances outside the view that we are there. */
    void announce();
  }

  private final ChannelMultiplexer multiplexer;
  private final Joiner joiner;
  private final Delivery delivery;
  private final Group group;
  private final Acquaintances acquaintances;
  private final Map<Member, NodeInfo> peers = new ConcurrentHashMap<>();
  private final Set<Member> left = ConcurrentHashMap.newKeySet();
  private final Set<Member> unanswered = ConcurrentHashMap.newKeySet();
  private volatile Set<Member> members = Set.of();
  private volatile Set<Member> silent = Set.of();
  private volatile boolean closed;

  public Roster(
      ChannelMultiplexer multiplexer,
      Joiner joiner,
      Delivery delivery,
      Group group,
      Acquaintances acquaintances) {
    this.acquaintances = acquaintances;
    this.multiplexer = multiplexer;
    this.joiner = joiner;
    this.delivery = delivery;
    this.group = group;
  }

  /** Members of the newest view; two lives of a node may be in it. */
  public Set<Member> members() {
    return members;
  }

  /** Nobody is dialled or expelled any more. */
  public void close() {
    closed = true;
  }

  /** A packet came from that node. */
  public void heard(NodeInfo from) {
    Member member = Member.of(from);
    if (members.contains(member)) {
      peers.putIfAbsent(member, from);
    }
  }

  /** A new view. */
  public void changed(List<Member> ordered) {
    Set<Member> before = members;
    members = Set.copyOf(ordered);
    acquaintances.meet(members);
    joiner.found(members);
    for (Member member : before) {
      if (!members.contains(member)) {
        departed(member);
      }
    }
    unanswered.retainAll(members);
    left.retainAll(members);
  }

  /** These members gave no sign of life for long. */
  public void silent(Set<Member> now) {
    if (!now.equals(silent)) {
      silent = Set.copyOf(now);
      tellSuspects();
    }
  }

  /** A channel has opened; on the network loop. */
  public void opened(Channel channel) {
    if (closed) {
      return;
    }
    Member member = Member.of(channel.peer());
    unanswered.remove(member);
    left.remove(member);
    tellSuspects();
    if (!members.contains(member) && acquaintances.knows(member.node())) {
      group.tellView(channel.peer());
      group.announce();
    }
  }

  @Override
  public void left(Member member) {
    if (!closed) {
      left.add(member);
      group.left(member);
    }
  }

  @Override
  public void silent(Member member) {
    unanswered.add(member);
    tellSuspects();
  }

  private void tellSuspects() {
    Set<NodeId> all = new HashSet<>();
    silent.forEach(member -> all.add(member.node()));
    unanswered.forEach(member -> all.add(member.node()));
    delivery.suspects(all);
  }

  /** Calls pending on a hung member's channel must fail, and one that may come back is dialled. */
  private void departed(Member member) {
    boolean wasSilent = silent.contains(member) || unanswered.remove(member);
    boolean hasLeft = left.remove(member);
    NodeInfo peer = peers.remove(member);
    if (!hasLeft && peer != null && !closed) {
      group.tellView(peer); // it may hear us though we do not hear it
    }
    multiplexer
        .channel(member.node())
        .filter(channel -> Member.of(channel.peer()).equals(member) && channel.isOpen())
        .ifPresent(channel -> {
          if (wasSilent) {
            channel.close();
          } else {
            closeUnlessAnswering(channel);
          }
        });
    if (!hasLeft && peer != null && !closed) {
      joiner.lost(member, peer.address());
    }
  }

  private static void closeUnlessAnswering(Channel channel) {
    channel
        .ping()
        .orTimeout(PING_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
        .whenComplete((roundTrip, failed) -> {
          if (failed != null) {
            channel.close();
          }
        });
  }
}
