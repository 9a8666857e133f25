package org.fluidosgi.rsa.internal.connect;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.fluidosgi.channel.ChannelException;
import org.fluidosgi.channel.ChannelException.Effect;
import org.fluidosgi.channel.ChannelException.Scope;
import org.fluidosgi.channel.NodeAddress;
import org.fluidosgi.rsa.connect.RemoteConnection;
import org.fluidosgi.rsa.connect.RemoteConnector;
import org.fluidosgi.rsa.internal.lease.LeaseWire;
import org.osgi.framework.Bundle;

/** The service as one bundle has it: its connections end when the bundle gives it back.
 * State: what is open or being opened; guarded by itself, not held while calling out. Threads: any. */
final class BundleConnector implements RemoteConnector {
  private final Connector connector;
  private final Bundle bundle;
  private final Set<Dial> dials = new HashSet<>();
  private final Set<ExplicitConnection> connections = new HashSet<>();
  private boolean closed;

  BundleConnector(Connector connector, Bundle bundle) {
    this.connector = connector;
    this.bundle = bundle;
  }

  Bundle bundle() {
    return bundle;
  }

  @Override
  public CompletionStage<RemoteConnection> connect(NodeAddress address, Duration limit) {
    long millis = limit.toMillis();
    if (millis < 1 || millis > LeaseWire.LEASE_MILLIS_MAX) {
      throw new IllegalArgumentException(
          "a limit of " + limit + ": expected 1.." + LeaseWire.LEASE_MILLIS_MAX + " ms");
    }
    if (!connector.places().tryAcquire()) {
      throw new IllegalStateException(
          CONNECTIONS_MAX + " explicit connections are open already: close some");
    }
    Dial dial = new Dial(connector, this, address, limit);
    dial.outcome().whenComplete((connection, failure) -> {
      if (failure != null) {
        connector.places().release();
      } else {
        connection.closed().thenRun(connector.places()::release);
      }
    });
    if (!begin(dial)) {
      connector.places().release();
      throw new IllegalStateException("this RemoteConnector was given back: get the service again");
    }
    dial.start();
    return dial.outcome().minimalCompletionStage();
  }

  private synchronized boolean begin(Dial dial) {
    return !closed && dials.add(dial);
  }

  synchronized void dialled(Dial dial) {
    dials.remove(dial);
  }

  /** Notes the open connection; false when it is not wanted any more: the dial is being failed then. */
  synchronized boolean opened(ExplicitConnection connection) {
    if (closed) {
      return false;
    }
    if (connection.isOpen()) {
      connections.add(connection);
    }
    return true;
  }

  synchronized void ended(ExplicitConnection connection) {
    connections.remove(connection);
  }

  /** Ends all connections, and those that are being opened. */
  void close() {
    List<Dial> begun;
    List<ExplicitConnection> open;
    synchronized (this) {
      closed = true;
      begun = List.copyOf(dials);
      open = List.copyOf(connections);
    }
    ChannelException reason = new ChannelException(
        Scope.STREAM, Effect.NONE, "the bundle gave its RemoteConnector back or stopped");
    begun.forEach(dial -> dial.fail(reason));
    open.forEach(connection -> connection.end(reason));
  }
}
