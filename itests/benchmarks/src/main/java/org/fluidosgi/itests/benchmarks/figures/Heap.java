package org.fluidosgi.itests.benchmarks.figures;

import java.lang.management.ManagementFactory;

/** How much of the heap is in use. */
public final class Heap {
  private static final int COLLECTIONS = 3;

  private Heap() {}

  /** Bytes in use after full collections. */
  public static long used() {
    for (int i = 0; i < COLLECTIONS; i++) {
      System.gc();
    }
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}
