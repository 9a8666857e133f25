package org.fluidosgi.jgroups.internal.core;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.fluidosgi.channel.Channel;
import org.fluidosgi.channel.ChannelMultiplexer;
import org.fluidosgi.channel.ConnectFailedException.Reason;
import org.fluidosgi.channel.Env;
import org.fluidosgi.channel.NodeAddress;
import org.fluidosgi.channel.NodeInfo;
import org.jspecify.annotations.Nullable;

/** Keeps dialling the addresses of the join list, for ever, and those of members that fell silent, until they answer or are
 * refused. An address whose channel is open is left alone until it closes.
 * State: guarded by {@code this}; never held when calling out. */
public final class Joiner {
  /** First pause between two dials of an address. */
  static final Duration PAUSE_LEAST = Duration.ofMillis(500);

  /** Refusals after which nobody is at an address: one may just be starting. With the pauses, 1.5 s. */
  static final int REFUSALS = 3;

  /** Longest pause between two dials of an address. */
  static final Duration PAUSE_MOST = Duration.ofSeconds(10);

  /** Pause after a rejection: a human must act first. */
  static final Duration PAUSE_REJECTED = Duration.ofSeconds(60);

  /** Silent members that are dialled at a time; of more, the earliest is forgotten. */
  static final int LOST_MAX = 256;

  private static final System.Logger LOG = System.getLogger("org.fluidosgi.jgroups");

  private final NodeInfo self;
  private final ChannelMultiplexer multiplexer;
  private final Env env;
  private final Map<NodeAddress, Target> targets = new LinkedHashMap<>();
  private final Set<Target> undecided = new HashSet<>();
  private final CompletableFuture<Answer> first = new CompletableFuture<>();
  /** Addresses that names gave and that are this node's. */
  private final Set<NodeAddress> own = new HashSet<>();

  private final JoinNames names;

  /** Whether no name was looked up yet. */
  private boolean lookingUp;

  private boolean closed;

  /** What the first dials of the join list gave. */
  public enum Answer {
    /** A node answered. */
    CONNECTED,
    /** Nobody is at any address, or refused us. */
    NOBODY,
    /** Nothing is known yet. */
    NONE_YET
  }

  private static final class Target {
    final NodeAddress address;
    /** The member that was lost there; null for an address of the join list. */
    final @Nullable Member lost;
    /** Whether a name of the join list gave it. */
    final boolean named;

    Duration pause = PAUSE_LEAST;
    boolean told;
    int refusals;
    boolean rejectionTold;

    Target(NodeAddress address, @Nullable Member lost, boolean named) {
      this.address = address;
      this.lost = lost;
      this.named = named;
    }
  }

  public Joiner(NodeInfo self, ChannelMultiplexer multiplexer, Env env, JoinNames names) {
    this.self = self;
    this.names = names;
    this.multiplexer = multiplexer;
    this.env = env;
  }

  /** Begins to dial; called once. The stage completes once an address answers, or once nobody is at any. */
  public CompletableFuture<Answer> start(JoinList joinList) {
    synchronized (this) {
      lookingUp = !joinList.names().isEmpty();
    }
    List<Target> added = new ArrayList<>();
    for (NodeAddress address : joinList.addresses()) {
      if (address.equals(self.address())) {
        ignoreOwn(address);
        continue;
      }
      Target target = new Target(address, null, false);
      if (add(target)) {
        added.add(target);
      }
    }
    begin(added);
    if (!joinList.names().isEmpty()) {
      names.start(joinList.names(), this::named);
    }
    return first;
  }

  /** These are the addresses of the names of the join list now; others of them are not dialled any more. */
  private void named(Set<NodeAddress> now) {
    List<Target> added = new ArrayList<>();
    synchronized (this) {
      lookingUp = false;
      List<Target> gone = targets.values().stream()
          .filter(target -> target.named && !now.contains(target.address))
          .toList();
      gone.forEach(target -> targets.remove(target.address));
      undecided.removeAll(gone);
      long room = JoinList.ADDRESSES_MAX
          - targets.values().stream().filter(target -> target.lost == null).count();
      for (NodeAddress address : now) {
        if (added.size() < room && !own.contains(address) && !address.equals(self.address())) {
          Target target = new Target(address, null, true);
          if (add(target)) {
            added.add(target);
          }
        }
      }
    }
    begin(added);
  }

  private void begin(List<Target> added) {
    boolean nobody;
    synchronized (this) {
      undecided.addAll(added);
      nobody = undecided.isEmpty() && !lookingUp;
    }
    if (nobody) {
      first.complete(Answer.NOBODY);
    }
    added.forEach(this::dial);
  }

  /** A member went silent: dial it until it answers, is refused, or another life answers. */
  public void lost(Member member, NodeAddress address) {
    Target target = new Target(address, member, false);
    if (add(target)) {
      again(target, PAUSE_LEAST);
    }
  }

  /** These are members: they need no dialling any more unless they stand in the join list. */
  public synchronized void found(Set<Member> members) {
    targets.values().removeIf(target -> target.lost != null && members.contains(target.lost));
  }

  /** Stops dialling. */
  public synchronized void close() {
    closed = true;
    names.close(); // only sets a flag
    targets.clear();
    undecided.clear();
  }

  private synchronized boolean add(Target target) {
    if (closed || targets.containsKey(target.address)) {
      return false;
    }
    if (target.lost != null
        && targets.values().stream().filter(t -> t.lost != null).count() >= LOST_MAX) {
      targets.values().stream()
          .filter(t -> t.lost != null)
          .findFirst()
          .ifPresent(t -> targets.remove(t.address));
    }
    targets.put(target.address, target);
    return true;
  }

  private synchronized boolean isWanted(Target target) {
    return !closed && targets.get(target.address) == target;
  }

  private synchronized void forget(Target target) {
    targets.remove(target.address, target);
  }

  private void nobodyAt(Target target) {
    boolean last;
    synchronized (this) {
      last = undecided.remove(target) && undecided.isEmpty() && !lookingUp;
    }
    if (last) {
      first.complete(Answer.NOBODY);
    }
  }

  private void dial(Target target) {
    if (!isWanted(target)) {
      return;
    }
    CompletableFuture<Channel> answer;
    try {
      answer = multiplexer.connect(target.address);
    } catch (RuntimeException e) {
      answer = CompletableFuture.failedFuture(e);
    }
    answer.whenComplete((channel, failed) -> {
      if (failed == null) {
        answered(target, channel);
      } else {
        failed(target, Failures.unwrap(failed));
      }
    });
  }

  private void answered(Target target, Channel channel) {
    Member peer = Member.of(channel.peer());
    if (peer.node().equals(self.id())) {
      forgetOwn(target);
      nobodyAt(target);
      return;
    }
    if (target.lost != null && !target.lost.equals(peer)) {
      forget(target);
      return;
    }
    synchronized (this) {
      target.pause = PAUSE_LEAST;
      if (target.told) {
        LOG.log(
            System.Logger.Level.INFO,
            "{0}: join address {1} answers now: it is {2}",
            self.name(),
            target.address,
            channel.peer().name());
      }
      target.told = false;
      target.rejectionTold = false;
    }
    if (target.lost == null) {
      first.complete(Answer.CONNECTED);
    }
    channel.whenClosed().thenRun(() -> again(target, PAUSE_LEAST));
  }

  private void failed(Target target, Throwable failure) {
    Reason reason = Failures.reason(failure);
    if (reason == Reason.SELF) {
      forgetOwn(target);
      nobodyAt(target);
      return;
    }
    if (target.lost != null && reason == Reason.REFUSED) {
      forget(target);
      return;
    }
    if (reason == Reason.REJECTED) {
      tellRejection(target, failure);
      nobodyAt(target);
      again(target, PAUSE_REJECTED);
      return;
    }
    tellSilence(target, failure);
    Duration pause;
    boolean refused;
    synchronized (this) {
      refused = reason == Reason.REFUSED && ++target.refusals >= REFUSALS;
      pause = target.pause;
      Duration doubled = pause.multipliedBy(2);
      target.pause = doubled.compareTo(PAUSE_MOST) > 0 ? PAUSE_MOST : doubled;
    }
    if (refused) {
      nobodyAt(target);
    }
    again(target, pause);
  }

  private void again(Target target, Duration pause) {
    if (!isWanted(target)) {
      return;
    }
    try {
      env.schedule(pause, () -> dial(target));
    } catch (RejectedExecutionException e) {
      LOG.log(System.Logger.Level.DEBUG, "{0}: the node stops, no more dialling", self.name());
    }
  }

  private void forgetOwn(Target target) {
    synchronized (this) {
      targets.remove(target.address, target);
      if (target.named) {
        own.add(target.address);
        return; // a name stands for all nodes, this one too
      }
    }
    ignoreOwn(target.address);
  }

  private void ignoreOwn(NodeAddress address) {
    LOG.log(
        System.Logger.Level.INFO,
        "{0}: join address {1} is this node itself and is ignored",
        self.name(),
        address);
  }

  private void tellSilence(Target target, Throwable failure) {
    synchronized (this) {
      if (closed || target.told || target.lost != null) {
        return;
      }
      target.told = true;
    }
    LOG.log(
        System.Logger.Level.INFO,
        "{0}: join address {1} does not answer: {2}; this node works without it and keeps trying",
        self.name(),
        target.address,
        failure.getMessage());
  }

  private void tellRejection(Target target, Throwable failure) {
    synchronized (this) {
      if (closed || target.rejectionTold) {
        return;
      }
      target.rejectionTold = true;
    }
    LOG.log(
        System.Logger.Level.WARNING,
        "{0}: join address {1} refuses this node: {2}; the next try comes in {3} s",
        self.name(),
        target.address,
        failure.getMessage(),
        PAUSE_REJECTED.toSeconds());
  }
}
