package org.fluidosgi.rsa.internal.connect;

import static org.fluidosgi.channel.ChannelException.Effect.NONE;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.fluidosgi.channel.Channel;
import org.fluidosgi.channel.ChannelException;
import org.fluidosgi.channel.ConnectFailedException;
import org.fluidosgi.channel.ConnectFailedException.Reason;
import org.fluidosgi.channel.Env;
import org.fluidosgi.channel.NodeAddress;
import org.fluidosgi.rsa.connect.RemoteConnection;
import org.fluidosgi.rsa.internal.call.Caller;
import org.jspecify.annotations.Nullable;

/** One connect: the channel, the connection on it, its first leases. Tried again when somebody closes the channel as unused at this very
 * moment.
 * State: the connection that is being opened and the outcome, owned by the lane. Threads: any. Limits: {@value #ATTEMPTS_MAX} attempts. */
final class Dial {
  static final int ATTEMPTS_MAX = 3;

  private final Connector connector;
  private final BundleConnector owner;
  private final NodeAddress address;
  private final Duration limit;
  private final Executor lane;
  private final CompletableFuture<RemoteConnection> outcome = new CompletableFuture<>();
  private @Nullable ExplicitConnection opening;
  private Env.@Nullable Cancellable timer;

  Dial(Connector connector, BundleConnector owner, NodeAddress address, Duration limit) {
    this.connector = connector;
    this.owner = owner;
    this.address = address;
    this.limit = limit;
    this.lane = connector.lanes().lane();
  }

  CompletableFuture<RemoteConnection> outcome() {
    return outcome;
  }

  void start() {
    lane.execute(() -> {
      if (outcome.isDone()) {
        return;
      }
      timer = connector
          .env()
          .schedule(
              limit,
              () -> fail(new ConnectFailedException(
                  Reason.SILENT,
                  address + " did not tell within " + limit.toMillis() + " ms what it leases",
                  null)));
      attempt(1);
    });
  }

  /** Gives up. Threads: any. */
  void fail(ChannelException reason) {
    lane.execute(() -> {
      ExplicitConnection begun = opening;
      if (begun != null && !outcome.isDone()) {
        begun.end(reason);
      }
      failed(reason);
    });
  }

  private void failed(ChannelException reason) {
    finish();
    outcome.completeExceptionally(
        reason.effect() == NONE // nobody was called yet, whatever is said of what was lost
            ? reason
            : new ChannelException(
                reason.scope(), NONE, String.valueOf(reason.getMessage()), reason));
  }

  private void finish() {
    Env.Cancellable pending = timer;
    if (pending != null) {
      pending.cancel();
    }
    owner.dialled(this);
  }

  private void attempt(int number) {
    Set<Channel> before = Set.copyOf(connector.channels().channels());
    CompletableFuture<Channel> connecting;
    try {
      connecting = connector.channels().connect(address);
    } catch (RuntimeException e) {
      connecting = CompletableFuture.failedFuture(e);
    }
    connecting.whenComplete((channel, failure) -> lane.execute(() -> {
      if (failure != null) {
        failed(Caller.asChannelException(failure, NONE));
      } else {
        connected(channel, !before.contains(channel), number);
      }
    }));
  }

  private void connected(Channel channel, boolean dialled, int number) {
    connector.uses().enter(channel, dialled);
    if (outcome.isDone()) {
      connector.uses().leave(channel);
      return;
    }
    ExplicitConnection connection;
    try {
      connection = connector.connection(owner, address, channel, lane);
    } catch (ChannelException e) {
      connector.uses().leave(channel);
      againOrFailed(channel, number, e);
      return;
    }
    opening = connection;
    connection.open(limit).whenComplete((opened, failure) -> {
      if (failure != null) {
        againOrFailed(channel, number, Caller.asChannelException(failure, NONE));
      } else if (owner.opened(connection)) {
        finish();
        outcome.complete(opened);
      }
    });
  }

  private void againOrFailed(Channel channel, int number, ChannelException reason) {
    opening = null;
    if (!outcome.isDone() && !channel.isOpen() && number < ATTEMPTS_MAX) {
      attempt(number + 1);
    } else {
      failed(reason);
    }
  }
}
