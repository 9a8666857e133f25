package org.fluidosgi.channel;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.osgi.annotation.versioning.ProviderType;

/** The node's connections: one to each other node, many streams on each. A service.
 * Threads: any; nothing here blocks. Errors: futures fail with {@link ChannelException}.
 * Source: protocol-channel. */
@ProviderType
public interface ChannelMultiplexer {
  /** The channel to whichever node answers at that address; an open channel to that node is reused. Errors: {@link ConnectFailedException}: refused,
   * no answer in time, wrong group token, no common protocol version; each with effect none. */
  CompletableFuture<Channel> connect(NodeAddress address);

  /** As {@link #connect(NodeAddress)}, but dials though an open channel leads there by what its peer advertises: whether the address leads to that
   * peer shows from the channel that is given, mostly the open one. */
  default CompletableFuture<Channel> dial(NodeAddress address) {
    return connect(address);
  }

  /** The channel to that node: the open one, else dialled at the address last learnt of it. */
  CompletableFuture<Channel> connect(NodeId peer);

  /** The open channel to that node, if there is one now. */
  Optional<Channel> channel(NodeId peer);

  /** All open channels, in order of the peers' ids. */
  List<Channel> channels();

  /** An id for a new call, given once in this incarnation, whoever asks; retries of the call keep it. */
  long nextCallId();

  /** Notes where a node is reached, for a later {@link #connect(NodeId)}; the handshake notes it by itself. */
  void learn(NodeId peer, NodeAddress address);

  /** Serves streams that peers open to that endpoint name, until the registration is closed; then the endpoint's open
   * streams are closed. Shape: the name has 1..64 characters of {@code [a-z0-9.-]}.
   * Errors: IllegalStateException when the name is taken. */
  Registration serve(String endpoint, StreamHandler handler);

  /** Tells of channels that open and close. */
  Registration listen(ChannelListener listener);
}
