package org.fluidosgi.registry.internal.core;

import java.time.Duration;
import org.fluidosgi.channel.NodeId;

/** Says now and then how far the reading of an owner's records has come, when it takes long. Threads: the node's task queue. */
final class ReadingProgress {
  /** Time between two words about one reading. */
  static final Duration QUIET = Duration.ofSeconds(1);

  private long begin;
  private long last;
  private boolean told;

  /** A reading begins. */
  void begin(long now) {
    begin = now;
    last = now;
    told = false;
  }

  /** What is to be told after so many records of so many, empty when nothing is. */
  String step(long now, NodeId owner, int received, int total) {
    boolean done = received >= total;
    if (now - last < QUIET.toNanos() && !(done && told)) {
      return "";
    }
    last = now;
    told = true;
    return done
        ? "read " + total + " records of " + owner + " in " + (now - begin) / 1_000_000 + " ms"
        : "reading the records of " + owner + ": " + received + " of " + total;
  }
}
