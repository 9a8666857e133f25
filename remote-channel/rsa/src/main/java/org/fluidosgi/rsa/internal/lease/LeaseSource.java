package org.fluidosgi.rsa.internal.lease;

import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.osgi.service.remoteserviceadmin.EndpointDescription;

/** The endpoints that a node exports now. Threads: any. */
public interface LeaseSource {
  /** The ids of all of them. */
  List<UUID> endpoints();

  /** The present description of one, null when it is not exported. */
  @Nullable
  EndpointDescription endpoint(UUID id);
}
