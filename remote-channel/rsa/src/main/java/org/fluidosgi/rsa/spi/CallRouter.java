package org.fluidosgi.rsa.spi;

import java.util.Optional;
import org.osgi.annotation.versioning.ConsumerType;
import org.osgi.service.remoteserviceadmin.EndpointDescription;

/** Decides which endpoint gets a call. A whiteboard service; the one of highest ranking decides, asked before every attempt.
 * Without one a call goes to the import's own endpoint, and once more there if the connection failed without effect.
 * Threads: the caller's thread or a network loop; must not block. Errors: what it throws is logged and counts as no service. */
@ConsumerType
public interface CallRouter {
  /** The endpoint that gets this attempt, one of the candidates; empty to fail the call with its last failure. */
  Optional<EndpointDescription> route(PendingCall call);
}
