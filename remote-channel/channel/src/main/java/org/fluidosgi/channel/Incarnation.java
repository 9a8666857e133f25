package org.fluidosgi.channel;

import java.util.UUID;

/** One life of a node: from a start of its framework to its end.
 * Shape: the framework's UUID ({@code org.osgi.framework.uuid}) and a counter that the data directory persists and each
 * start raises by one; no clock is involved. A higher counter of the same node is a later life. Threads: immutable.
 * Source: architecture section 3, ids. */
public record Incarnation(UUID framework, long counter) {
  public Incarnation {
    if (framework == null || counter < 1) {
      throw new IllegalArgumentException(
          "an incarnation needs a framework UUID and a counter from 1 on, not " + framework
              + " and " + counter);
    }
  }

  @Override
  public String toString() {
    return framework + "#" + counter;
  }
}
