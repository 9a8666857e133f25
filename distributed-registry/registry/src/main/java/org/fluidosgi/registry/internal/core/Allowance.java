package org.fluidosgi.registry.internal.core;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.fluidosgi.channel.NodeId;

/** How often something may be done for each member: so many times at once, and that many again as time passes. Threads: the node's task
 * queue. */
final class Allowance {
  private static final class Left {
    double times;
    long at;

    Left(double times, long at) {
      this.times = times;
      this.at = at;
    }
  }

  private final int most;
  private final double perNano;
  private final Map<NodeId, Left> members = new HashMap<>();

  /** Shape: {@code most} times at once, which are there again after {@code span}. */
  Allowance(int most, Duration span) {
    this.most = most;
    perNano = (double) most / span.toNanos();
  }

  /** Whether it may be done once more for that member now. */
  boolean take(NodeId member, long now) {
    Left left = members.computeIfAbsent(member, any -> new Left(most, now));
    left.times = Math.min(most, left.times + (now - left.at) * perNano);
    left.at = now;
    if (left.times < 1) {
      return false;
    }
    left.times--;
    return true;
  }

  /** Nanoseconds until it may be done again for that member, once it may not. */
  long nanosToNext(NodeId member) {
    Left left = members.get(member);
    return left == null ? 0 : (long) Math.ceil(Math.max(0, 1 - left.times) / perNano);
  }

  /** That node is no member any more. */
  void forget(NodeId member) {
    members.remove(member);
  }
}
