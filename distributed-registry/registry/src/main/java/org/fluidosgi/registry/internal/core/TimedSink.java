package org.fluidosgi.registry.internal.core;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.fluidosgi.registry.RegistryRecord;
import org.fluidosgi.registry.Sink;

/** A sink that is called on the task queue, and warned of once when it keeps the queue waiting. Threads: the node's task queue. */
final class TimedSink implements Sink {
  /** Time in one call after which a subscriber is warned of. */
  static final Duration CALL_MAX = Duration.ofSeconds(1);

  private static final Logger LOG = System.getLogger("org.fluidosgi.registry");

  private final String about;
  private final LongSupplier nanoTime;
  private final Sink sink;
  private boolean warned;

  /** Shape: {@code about} begins log lines. */
  TimedSink(String about, LongSupplier nanoTime, Sink sink) {
    this.about = about;
    this.nanoTime = nanoTime;
    this.sink = sink;
  }

  @Override
  public void added(RegistryRecord record) {
    timed(() -> sink.added(record));
  }

  @Override
  public void modified(RegistryRecord record, RegistryRecord before) {
    timed(() -> sink.modified(record, before));
  }

  @Override
  public void removed(RegistryRecord record) {
    timed(() -> sink.removed(record));
  }

  @Override
  public void complete(long epoch) {
    timed(() -> sink.complete(epoch));
  }

  private void timed(Runnable call) {
    if (warned) {
      call.run();
      return;
    }
    long begin = nanoTime.getAsLong();
    try {
      call.run();
    } finally {
      long taken = nanoTime.getAsLong() - begin;
      if (taken > CALL_MAX.toNanos()) {
        warned = true;
        LOG.log(
            Level.WARNING,
            about + " kept the registry waiting for " + taken / 1_000_000
                + " ms: a subscriber that may block has to subscribe with an executor");
      }
    }
  }
}
