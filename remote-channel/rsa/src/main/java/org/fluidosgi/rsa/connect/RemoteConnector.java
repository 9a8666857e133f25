package org.fluidosgi.rsa.connect;

import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.fluidosgi.channel.NodeAddress;
import org.osgi.annotation.versioning.ProviderType;

/** Connects to other nodes by their address. A service, one for each bundle that gets it: when the bundle gives it back or stops, its
 * connections are closed.
 * Shape: a group is not needed; both nodes must have the same group token. Threads: any; nothing blocks.
 * Source: protocol-rsa section 7. */
@ProviderType
public interface RemoteConnector {
  /** Most connections of one node at a time. */
  int CONNECTIONS_MAX = 1_024;

  /** Longest wait for a connection unless another is given, in milliseconds. */
  int CONNECT_MILLIS = 10_000;

  /** As {@link #connect(NodeAddress, Duration)}, within {@value #CONNECT_MILLIS} ms. */
  default CompletionStage<RemoteConnection> connect(NodeAddress address) {
    return connect(address, Duration.ofMillis(CONNECT_MILLIS));
  }

  /** A connection to whichever node answers at that address. When the stage completes, the references that the node leases are known.
   * Shape: the limit is 1 ms to a day; each call gives a connection of its own, though connections to one node share one channel. The
   * channel is dialled when none is open, and closed with the last connection if it was dialled for one and nobody else uses it.
   * Threads: completes on the connection's own thread; a dependent that blocks holds up the connection's listeners only.
   * Errors, all with effect none: {@link org.fluidosgi.channel.ConnectFailedException}, whose reason says refused, rejected (wrong token,
   * no Fluid OSGi node of our version), the own address, or no answer in time; {@link org.fluidosgi.channel.ChannelException} when the node
   * leases nothing, for it does not run remote services, or breaks off; IllegalArgumentException for another limit, at
   * once; IllegalStateException when the service was given back or too many connections are open. */
  CompletionStage<RemoteConnection> connect(NodeAddress address, Duration limit);
}
