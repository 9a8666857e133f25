package org.fluidosgi.groupstore.internal.raft;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.fluidosgi.channel.Env;

/** Wall clocks jump; this one only goes forward. MicroRaft measures nothing by it but silence. Threads: the owner thread. */
final class SteadyClock extends Clock {
  private static final long START_MILLIS = 1_000_000_000L;
  private final Env env;
  private final long startNanos;
  private long skippedMillis;

  SteadyClock(Env env) {
    this.env = env;
    startNanos = env.nanoTime();
  }

  /** As if that time had passed. */
  void skip(Duration time) {
    skippedMillis += time.toMillis();
  }

  @Override
  public long millis() {
    return START_MILLIS + skippedMillis + (env.nanoTime() - startNanos) / 1_000_000;
  }

  @Override
  public Instant instant() {
    return Instant.ofEpochMilli(millis());
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    return this;
  }
}
