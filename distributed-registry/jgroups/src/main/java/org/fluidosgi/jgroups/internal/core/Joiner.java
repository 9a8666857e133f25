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

  /** Time that multicast has to find a first node. */
  static final Duration SEARCH = Duration.ofMillis(1500);

  /** Failures after which an address that multicast gave is forgotten: it is found again if a node is there. */
  static final int HEARD_FAILURES = 3;

  /** Silent members that are dialled at a time; of more, the earliest is forgotten. */
  static final int LOST_MAX = 256;

  private static final System.Logger LOG = System.getLogger("org.fluidosgi.jgroups");

  private final NodeInfo self;
  private final ChannelMultiplexer multiplexer;
  private final Env env;
  private final Map<NodeAddress, JoinTarget> targets = new LinkedHashMap<>();
  private final Set<JoinTarget> undecided = new HashSet<>();
  private final CompletableFuture<Answer> first = new CompletableFuture<>();
  /** Addresses that names gave and that are this node's. */
  private final Set<NodeAddress> own = new HashSet<>();

  private final JoinNames names;
  private final Acquaintances acquaintances;

  /** Whether no name was looked up yet. */
  private boolean lookingUp;

  /** Whether multicast may find a first node yet. */
  private boolean searching;

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

  public Joiner(
      NodeInfo self,
      ChannelMultiplexer multiplexer,
      Env env,
      JoinNames names,
      Acquaintances acquaintances) {
    this.acquaintances = acquaintances;
    this.self = self;
    this.names = names;
    this.multiplexer = multiplexer;
    this.env = env;
  }

  /** Begins to dial; called once. The stage completes once an address answers, or once nobody is at any. */
  public CompletableFuture<Answer> start(JoinList joinList) {
    synchronized (this) {
      lookingUp = !joinList.names().isEmpty();
      searching = !joinList.multicasts().isEmpty();
    }
    List<JoinTarget> added = new ArrayList<>();
    for (NodeAddress address : joinList.addresses()) {
      if (address.equals(self.address())) {
        ignoreOwn(address);
        continue;
      }
      JoinTarget target = new JoinTarget(address, null, JoinTarget.Source.LIST);
      if (add(target)) {
        added.add(target);
      }
    }
    if (!joinList.multicasts().isEmpty()) {
      schedule(SEARCH, this::searched);
    }
    begin(added);
    if (!joinList.names().isEmpty()) {
      names.start(joinList.names(), this::named);
    }
    return first;
  }

  private void searched() {
    synchronized (this) {
      searching = false;
    }
    begin(List.of());
  }

  /** Multicast found a node of the group there. */
  public void heard(NodeAddress address) {
    JoinTarget target = new JoinTarget(address, null, JoinTarget.Source.MULTICAST);
    synchronized (this) {
      if (own.contains(address) || room() <= 0 || !add(target)) {
        return;
      }
    }
    begin(List.of(target));
  }

  /** Addresses that may be dialled besides. */
  private long room() {
    return JoinList.ADDRESSES_MAX
        - targets.values().stream().filter(target -> target.lost == null).count();
  }

  /** These are the addresses of the names of the join list now; others of them are not dialled any more. */
  private void named(Set<NodeAddress> now) {
    List<JoinTarget> added = new ArrayList<>();
    synchronized (this) {
      lookingUp = false;
      List<JoinTarget> gone = targets.values().stream()
          .filter(
              target -> target.source == JoinTarget.Source.NAME && !now.contains(target.address))
          .toList();
      gone.forEach(target -> targets.remove(target.address));
      undecided.removeAll(gone);
      long room = room();
      for (NodeAddress address : now) {
        if (added.size() < room && !own.contains(address) && !address.equals(self.address())) {
          JoinTarget target = new JoinTarget(address, null, JoinTarget.Source.NAME);
          if (add(target)) {
            added.add(target);
          }
        }
      }
    }
    begin(added);
  }

  private void begin(List<JoinTarget> added) {
    boolean nobody;
    synchronized (this) {
      undecided.addAll(added);
      nobody = undecided.isEmpty() && !lookingUp && !searching;
    }
    if (nobody) {
      first.complete(Answer.NOBODY);
    }
    added.forEach(this::dial);
  }

  /** A member went silent: dial it until it answers, is refused, or another life answers. */
  public void lost(Member member, NodeAddress address) {
    JoinTarget target = new JoinTarget(address, member, JoinTarget.Source.LOST);
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

  private synchronized boolean add(JoinTarget target) {
    JoinTarget other = targets.get(target.address);
    boolean replaces = other != null
        && other.source == JoinTarget.Source.MULTICAST
        && target.source == JoinTarget.Source.LOST;
    if (closed || other != null && !replaces) {
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

  private synchronized boolean isWanted(JoinTarget target) {
    return !closed && targets.get(target.address) == target;
  }

  private synchronized void forget(JoinTarget target) {
    targets.remove(target.address, target);
  }

  private void nobodyAt(JoinTarget target) {
    boolean last;
    synchronized (this) {
      last = undecided.remove(target) && undecided.isEmpty() && !lookingUp && !searching;
    }
    if (last) {
      first.complete(Answer.NOBODY);
    }
  }

  private void dial(JoinTarget target) {
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

  private void answered(JoinTarget target, Channel channel) {
    Member peer = Member.of(channel.peer());
    if (peer.node().equals(self.id())) {
      forgetOwn(target);
      nobodyAt(target);
      return;
    }
    acquaintances.meet(peer.node());
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
    if (target.source == JoinTarget.Source.MULTICAST) {
      channel.whenClosed().thenRun(() -> forget(target));
    } else {
      channel.whenClosed().thenRun(() -> again(target, PAUSE_LEAST));
    }
  }

  private void failed(JoinTarget target, Throwable failure) {
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
    boolean hopeless;
    synchronized (this) {
      hopeless =
          target.source == JoinTarget.Source.MULTICAST && ++target.failures >= HEARD_FAILURES;
      refused = reason == Reason.REFUSED && ++target.refusals >= REFUSALS;
      pause = target.pause;
      Duration doubled = pause.multipliedBy(2);
      target.pause = doubled.compareTo(PAUSE_MOST) > 0 ? PAUSE_MOST : doubled;
    }
    if (refused || hopeless) {
      nobodyAt(target);
    }
    if (hopeless) {
      forget(target);
    } else {
      again(target, pause);
    }
  }

  private void again(JoinTarget target, Duration pause) {
    if (isWanted(target)) {
      schedule(pause, () -> dial(target));
    }
  }

  private void schedule(Duration pause, Runnable task) {
    try {
      env.schedule(pause, task);
    } catch (RejectedExecutionException e) {
      LOG.log(System.Logger.Level.DEBUG, "{0}: the node stops, no more dialling", self.name());
    }
  }

  private void forgetOwn(JoinTarget target) {
    synchronized (this) {
      targets.remove(target.address, target);
      if (target.source != JoinTarget.Source.LIST) {
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

  private void tellSilence(JoinTarget target, Throwable failure) {
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

  private void tellRejection(JoinTarget target, Throwable failure) {
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
