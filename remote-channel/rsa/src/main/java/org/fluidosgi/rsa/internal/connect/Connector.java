package org.fluidosgi.rsa.internal.connect;

import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import org.fluidosgi.channel.Channel;
import org.fluidosgi.channel.ChannelMultiplexer;
import org.fluidosgi.channel.ChannelStream;
import org.fluidosgi.channel.Env;
import org.fluidosgi.channel.NodeAddress;
import org.fluidosgi.rsa.connect.RemoteConnector;
import org.fluidosgi.rsa.internal.call.Caller;
import org.fluidosgi.rsa.internal.call.RemoteInvocation;
import org.fluidosgi.rsa.internal.call.StreamCaller;
import org.fluidosgi.rsa.internal.lease.LeaseWire;
import org.fluidosgi.rsa.internal.osgi.CodecSpaces;
import org.fluidosgi.rsa.spi.CodecFactory;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceFactory;
import org.osgi.framework.ServiceRegistration;

/** What the explicit connections of one node share; as a service, one {@link BundleConnector} for each bundle.
 * State: the places that are left, and the uses of channels. Threads: any. Limits: {@link RemoteConnector#CONNECTIONS_MAX}. */
public final class Connector implements ServiceFactory<RemoteConnector> {
  /** What a node brings. */
  public record Parts(
      BundleContext context,
      Env env,
      ChannelMultiplexer channels,
      CodecSpaces spaces,
      CodecFactory codec,
      RemoteInvocation.Context invocations,
      Lanes lanes) {}

  private final Parts parts;
  private final ChannelUses uses = new ChannelUses();
  private final Semaphore places = new Semaphore(RemoteConnector.CONNECTIONS_MAX);

  public Connector(Parts parts) {
    this.parts = parts;
  }

  Env env() {
    return parts.env();
  }

  ChannelMultiplexer channels() {
    return parts.channels();
  }

  Lanes lanes() {
    return parts.lanes();
  }

  ChannelUses uses() {
    return uses;
  }

  Semaphore places() {
    return places;
  }

  /** A connection on that channel, in whose uses it is counted. Errors: ChannelException when the channel takes no stream. */
  ExplicitConnection connection(
      BundleConnector owner, NodeAddress address, Channel channel, Executor lane) {
    ChannelStream leases = channel.open(LeaseWire.ENDPOINT);
    ChannelStream calls;
    try {
      calls = channel.open(Caller.ENDPOINT);
    } catch (RuntimeException e) {
      leases.close();
      throw e;
    }
    Fetching.Shared shared = new Fetching.Shared(parts.context(), parts.spaces(), parts.codec());
    RemoteInvocation.Context invocations =
        parts.invocations().on(new StreamCaller(parts.env(), parts.channels(), calls));
    return new ExplicitConnection(
        new ExplicitConnection.Parts(
            address, leases, calls, lane, parts.channels()::nextCallId, ended -> {
              owner.ended(ended);
              uses.leave(channel);
            }),
        end -> new Fetching(shared, owner.bundle(), invocations, end));
  }

  @Override
  public RemoteConnector getService(
      Bundle bundle, ServiceRegistration<RemoteConnector> registration) {
    return new BundleConnector(this, bundle);
  }

  @Override
  public void ungetService(
      Bundle bundle, ServiceRegistration<RemoteConnector> registration, RemoteConnector service) {
    if (service instanceof BundleConnector connector) {
      connector.close();
    }
  }
}
