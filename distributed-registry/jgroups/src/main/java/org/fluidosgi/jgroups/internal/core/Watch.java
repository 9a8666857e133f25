package org.fluidosgi.jgroups.internal.core;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.fluidosgi.channel.Channel;
import org.fluidosgi.channel.ChannelException;
import org.fluidosgi.channel.ChannelListener;
import org.fluidosgi.channel.ChannelMultiplexer;
import org.fluidosgi.channel.ConnectFailedException.Reason;
import org.fluidosgi.channel.Env;
import org.fluidosgi.channel.NodeAddress;

/** Decides what the closing of a member's channel means, by one immediate reconnect: refused or another life answers = it has left;
 * the same life answers = nothing happened; no answer = silent, the failure detector decides.
 * Threads: the network loop; no state of its own. Source: architecture section 2, "a node dies". */
public final class Watch implements ChannelListener {
  /** What was decided. Called on the network loop or the closing thread; must not block. */
  public interface Verdicts {
    /** The member's process is gone for sure. */
    void left(Member member);

    /** The member does not answer. */
    void silent(Member member);
  }

  private final String name;
  private final ChannelMultiplexer multiplexer;
  private final Supplier<Set<Member>> members;
  /** Times that a member without a verdict is probed again, and the pause between. */
  static final int PROBES_MAX = 20;

  static final Duration PROBE_PAUSE = Duration.ofMillis(100);

  private final Env env;
  private final Verdicts verdicts;
  private final Consumer<Channel> openedToo;
  private volatile boolean closed;

  private static final System.Logger LOG = System.getLogger("org.fluidosgi.jgroups");

  /** {@code members} are those of the engine's newest view, {@code openedToo} hears of every opened channel. */
  public Watch(
      String name,
      ChannelMultiplexer multiplexer,
      Env env,
      Supplier<Set<Member>> members,
      Verdicts verdicts,
      Consumer<Channel> openedToo) {
    this.name = name;
    this.multiplexer = multiplexer;
    this.env = env;
    this.members = members;
    this.verdicts = verdicts;
    this.openedToo = openedToo;
  }

  @Override
  public void opened(Channel channel) {
    Member now = Member.of(channel.peer());
    for (Member member : members.get()) {
      if (member.isBefore(now)) {
        verdicts.left(member);
      }
    }
    openedToo.accept(channel);
  }

  @Override
  public void closed(Channel channel, ChannelException cause) {
    Member member = Member.of(channel.peer());
    if (!members.get().contains(member) || isOpen(member)) {
      return;
    }
    probe(member, channel.peer().address(), PROBES_MAX);
  }

  /** Probes no more. */
  public void close() {
    closed = true;
  }

  private void probe(Member member, NodeAddress address, int left) {
    CompletableFuture<Channel> reconnect;
    try {
      reconnect = multiplexer.connect(address);
    } catch (RuntimeException e) {
      reconnect = CompletableFuture.failedFuture(e);
    }
    reconnect.whenComplete((answer, failed) -> {
      if (closed || !members.get().contains(member)) {
        return;
      }
      if (failed == null) {
        if (!Member.of(answer.peer()).equals(member)) {
          verdicts.left(member);
        }
      } else {
        judge(member, address, failed, left);
      }
    });
  }

  private boolean isOpen(Member member) {
    return multiplexer
        .channel(member.node())
        .filter(channel -> channel.isOpen() && Member.of(channel.peer()).equals(member))
        .isPresent();
  }

  private void judge(Member member, NodeAddress address, Throwable failed, int left) {
    Reason reason = Failures.reason(failed);
    LOG.log(
        System.Logger.Level.DEBUG,
        () -> name + ": channel to " + member + " closed, reconnect " + reason + ": " + failed);
    switch (reason) {
      case REFUSED, REJECTED, SELF -> verdicts.left(member);
      case SILENT -> {
        if (!isOpen(member)) {
          if (left == PROBES_MAX) {
            verdicts.silent(member);
          }
          probeAgain(member, address, left - 1);
        }
      }
    }
  }

  /** A process that is just being killed may still take a connection, and end it at once: that says nothing yet, but soon its
   * host will refuse. */
  private void probeAgain(Member member, NodeAddress address, int left) {
    if (left == 0) {
      return;
    }
    try {
      env.schedule(PROBE_PAUSE, () -> {
        if (!closed && members.get().contains(member) && !isOpen(member)) {
          probe(member, address, left);
        }
      });
    } catch (RejectedExecutionException e) {
      LOG.log(System.Logger.Level.DEBUG, "{0}: the node stops, no more probes", name);
    }
  }
}
