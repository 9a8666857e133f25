package org.fluidosgi.channel.internal.core;

import java.lang.System.Logger.Level;
import java.util.function.LongSupplier;

/** Warnings that a peer can cause at will: at most {@link #BURST} in {@link #PERIOD_NANOS}, the rest is counted.
 * Owner of its state: its monitor. */
final class QuietLog {
  static final int BURST = 5;
  static final long PERIOD_NANOS = 10_000_000_000L;

  private final System.Logger logger;
  private final LongSupplier nanoTime;
  private long periodStart;
  private int written;
  private int suppressed;

  QuietLog(System.Logger logger, LongSupplier nanoTime) {
    this.logger = logger;
    this.nanoTime = nanoTime;
    this.periodStart = nanoTime.getAsLong();
  }

  void warn(String message) {
    String suffix;
    synchronized (this) {
      long now = nanoTime.getAsLong();
      if (now - periodStart > PERIOD_NANOS) {
        periodStart = now;
        written = 0;
      }
      if (written >= BURST) {
        suppressed++;
        return;
      }
      written++;
      suffix = suppressed == 0 ? "" : " (" + suppressed + " similar warnings were left out)";
      suppressed = 0;
    }
    logger.log(Level.WARNING, message + suffix);
  }
}
