package org.fluidosgi.channel.internal.core;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.fluidosgi.channel.ChannelException.Scope;
import org.fluidosgi.channel.Env.Cancellable;
import org.jspecify.annotations.Nullable;

/** Pings an idle peer and closes the channel of a silent one.
 * Owner of its state: the link's loop; the pings are a concurrent table. */
final class Heartbeat {
  private record Ping(long sentNanos, CompletableFuture<Duration> answer) {}

  private final Connection connection;
  private final Link link;
  private final Limits limits;
  private final LongSupplier nanoTime;
  private final Map<Long, Ping> pings = new ConcurrentHashMap<>();
  private final AtomicLong nextToken = new AtomicLong(1);
  private final Duration period;
  private long heardNanos;
  private long tickNanos;
  private boolean heard = true;
  private @Nullable Cancellable timer;
  private boolean stopped;

  Heartbeat(Connection connection, Link link, Limits limits, LongSupplier nanoTime) {
    this.connection = connection;
    this.link = link;
    this.limits = limits;
    this.nanoTime = nanoTime;
    this.period = Duration.ofMillis(limits.heartbeatMillis());
  }

  void start() {
    heardNanos = nanoTime.getAsLong();
    tickNanos = heardNanos;
    timer = link.schedule(period, this::tick);
  }

  /** A frame came; the time is read in the next tick only. */
  void heard() {
    heard = true;
  }

  CompletableFuture<Duration> ping() {
    if (pings.size() >= Limits.PINGS_MAX) {
      return CompletableFuture.failedFuture(Connection.notSent(
          Scope.CALL, connection + " has " + Limits.PINGS_MAX + " unanswered pings"));
    }
    long token = nextToken.getAndIncrement();
    CompletableFuture<Duration> answer = new CompletableFuture<>();
    pings.put(token, new Ping(nanoTime.getAsLong(), answer));
    answer.whenComplete((value, failure) -> pings.remove(token));
    if (!connection.isOpen() || !connection.control(Frames.ping(FrameType.PING, token))) {
      answer.completeExceptionally(Connection.notSent(Scope.CHANNEL, connection + " is closed"));
    }
    return answer;
  }

  void pong(long token) {
    Ping ping = pings.remove(token);
    if (ping != null) {
      ping.answer().complete(Duration.ofNanos(nanoTime.getAsLong() - ping.sentNanos()));
    }
  }

  void stop() {
    stopped = true;
    if (timer != null) {
      timer.cancel();
    }
    for (Ping ping : pings.values()) {
      ping.answer()
          .completeExceptionally(Connection.notSent(Scope.CHANNEL, connection + " is closed"));
    }
  }

  private void tick() {
    if (stopped) {
      return;
    }
    long now = nanoTime.getAsLong();
    long sinceTick = now - tickNanos;
    tickNanos = now;
    // A tick that comes much too late means that this process was held up, so the peer's frames may
    // still wait to be read.
    if (heard || sinceTick > period.toNanos() + silenceNanos() / 2) {
      heardNanos = now;
    }
    boolean idle = !heard;
    heard = false;
    if (now - heardNanos >= silenceNanos()) {
      connection.close(GoAway.SILENT, "the peer was silent for " + limits.silenceMillis() + " ms");
      return;
    }
    if (idle) {
      connection.control(Frames.ping(FrameType.PING, 0));
    }
    if (!stopped) {
      timer = link.schedule(period, this::tick);
    }
  }

  private long silenceNanos() {
    return limits.silenceMillis() * 1_000_000L;
  }
}
