package org.fluidosgi.framework.internal;

import java.util.Optional;
import org.fluidosgi.framework.VirtualId;
import org.jspecify.annotations.Nullable;

/** How services are numbered in the group: {@code ordinal << 32 | service.id of the host}, told by two properties of each endpoint.
 * Source: architecture section 3, ids; protocol-framework, section 5. */
public final class ServiceIds {
  /** Endpoint property, Long: the service's id in the group. */
  public static final String SERVICE = "fluid.service.id";

  /** Endpoint property, Long: the id of the virtual bundle that registered it; absent for a service of an ordinary host bundle. */
  public static final String BUNDLE = "fluid.bundle.id";

  private static final long COUNTER_MAX = 0xffff_ffffL;

  private ServiceIds() {}

  /** The id that an endpoint tells in one of these properties; empty when it tells none, or nothing that is an id of a group. */
  public static Optional<VirtualId> read(@Nullable Object told) {
    try {
      return told instanceof Long number && number != 0
          ? Optional.of(VirtualId.of(number))
          : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** The id of that host's service; a host that has given more than 2^32 ids begins again. */
  public static long of(int ordinal, long hostServiceId) {
    return new VirtualId(ordinal, hostServiceId & COUNTER_MAX).toLong();
  }
}
