package org.fluidosgi.jgroups.internal.jgroups;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.fluidosgi.channel.ChannelException;
import org.fluidosgi.channel.ChannelException.Effect;
import org.fluidosgi.channel.ChannelException.Scope;
import org.jgroups.BytesMessage;
import org.jgroups.JChannel;
import org.jspecify.annotations.Nullable;

/** Our own multicasts, numbered, until they were delivered to ourselves.
 * Threads: any; JGroups' flow control may block, so it is called on fluid-jgroups-send. */
final class Multicasts {
  /** Multicasts that may wait for the sender thread; beyond, a multicast fails at once. */
  static final int UNSENT_MAX = 10_000;

  private static final int CLOSE_MILLIS_MAX = 2000;
  private static final System.Logger LOG = System.getLogger("org.fluidosgi.jgroups");

  private final String name;
  private final AtomicLong numbers = new AtomicLong();
  private final Map<Long, CompletableFuture<Void>> unconfirmed = new ConcurrentHashMap<>();
  private final ThreadPoolExecutor sender = new ThreadPoolExecutor(
      1,
      1,
      0,
      TimeUnit.MILLISECONDS,
      new LinkedBlockingQueue<>(UNSENT_MAX),
      new NamedThread("fluid-jgroups-send"));

  Multicasts(String name) {
    this.name = name;
  }

  CompletableFuture<Void> send(JChannel channel, byte[] message) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    long number = numbers.incrementAndGet();
    byte[] packet = ByteBuffer.allocate(Long.BYTES + message.length)
        .putLong(number)
        .put(message)
        .array();
    unconfirmed.put(number, done);
    done.whenComplete((nothing, failed) -> unconfirmed.remove(number));
    try {
      sender.execute(() -> send(channel, packet, done));
    } catch (RejectedExecutionException e) {
      done.completeExceptionally(new ChannelException(
          Scope.CALL,
          Effect.NONE,
          name
              + (sender.isShutdown()
                  ? ": the engine is closed"
                  : ": " + UNSENT_MAX + " multicasts wait already, a member may hang"),
          e));
    }
    return done;
  }

  private void send(JChannel channel, byte[] packet, CompletableFuture<Void> done) {
    try {
      channel.send(new BytesMessage(null, packet));
    } catch (Exception e) {
      done.completeExceptionally(new ChannelException(
          Scope.CALL, Effect.UNKNOWN, name + ": JGroups did not take the multicast", e));
    }
  }

  /** The multicast of that number, to complete once it is delivered; null when nobody waits for it. */
  @Nullable
  CompletableFuture<Void> unconfirmed(long number) {
    return unconfirmed.get(number);
  }

  /** Sends nothing any more. */
  void stop() {
    sender.shutdownNow();
  }

  void awaitStopped() {
    try {
      if (!sender.awaitTermination(CLOSE_MILLIS_MAX, TimeUnit.MILLISECONDS)) {
        LOG.log(System.Logger.Level.WARNING, "{0}: the sender thread hangs", name);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Fails what was not delivered. */
  void failAll(ChannelException why) {
    List.copyOf(unconfirmed.values()).forEach(stage -> stage.completeExceptionally(why));
  }
}
