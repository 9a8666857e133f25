package org.fluidosgi.itests.benchmarks.figures;

import java.lang.management.ManagementFactory;
import java.time.LocalDate;

/** Where figures were taken, in words for the page. */
public final class Machine {
  private Machine() {}

  /** Tasks that run or wait for a processor. */
  public static double load() {
    return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
  }

  /** Processors, load, system, Java, date. Shape: no full stop at the end. */
  public static String label(double loadBefore) {
    return ("Machine: %d processors, load average %.1f before and %.1f after (this program included),"
            + " %s %s, Java %s (%s), %s")
        .formatted(
            Runtime.getRuntime().availableProcessors(),
            loadBefore,
            load(),
            System.getProperty("os.name"),
            System.getProperty("os.version"),
            System.getProperty("java.version"),
            System.getProperty("java.vm.name"),
            LocalDate.now());
  }
}
