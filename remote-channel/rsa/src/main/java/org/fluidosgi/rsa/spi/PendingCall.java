package org.fluidosgi.rsa.spi;

import java.util.List;
import java.util.Optional;
import org.fluidosgi.channel.ChannelException;
import org.osgi.service.remoteserviceadmin.EndpointDescription;

/** A call that needs an endpoint.
 * Shape: {@code callId} is the same over all attempts; {@code attempt} counts from 0; {@code lastFailure} is present from the
 * second attempt on and tells the effect; {@code own} is the endpoint of the proxy that was called, always the first candidate;
 * the others are imported here, with the same interfaces. Threads: immutable. */
public record PendingCall(
    long callId,
    int attempt,
    String method,
    Optional<ChannelException> lastFailure,
    EndpointDescription own,
    List<EndpointDescription> candidates) {
  public PendingCall {
    candidates = List.copyOf(candidates);
  }
}
