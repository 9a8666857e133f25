package org.fluidosgi.jgroups.internal.core;

import java.time.Duration;
import org.fluidosgi.channel.NodeAddress;
import org.jspecify.annotations.Nullable;

/** An address that the {@link Joiner} dials. State: guarded by the joiner. */
final class JoinTarget {
  /** What gave an address. */
  enum Source {
    LIST,
    NAME,
    MULTICAST,
    LOST
  }

  final NodeAddress address;
  /** The member that was lost there; null for an address of the join list. */
  final @Nullable Member lost;

  final Source source;
  Duration pause = Joiner.PAUSE_LEAST;
  boolean told;
  int refusals;
  int failures;
  boolean rejectionTold;

  JoinTarget(NodeAddress address, @Nullable Member lost, Source source) {
    this.address = address;
    this.lost = lost;
    this.source = source;
  }
}
