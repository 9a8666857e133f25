package org.fluidosgi.framework.internal.core;

import java.lang.management.ManagementFactory;
import java.util.LinkedHashMap;
import java.util.Map;

/** How busy a node is.
 * Shape: {@code load} is the system's load per processor over the last minute, negative when the system does not tell it; memory is heap
 * in MiB: what it may grow to, and what of that is not in use. */
public record NodeLoad(double load, long memoryMax, long memoryFree) {
  private static final long MIB = 1024 * 1024;
  private static final double LOAD_STEP = 0.25;

  /** As of now. */
  public static NodeLoad measured() {
    Runtime runtime = Runtime.getRuntime();
    double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    long used = runtime.totalMemory() - runtime.freeMemory();
    return new NodeLoad(
        load < 0 ? -1 : Math.round(100 * load / runtime.availableProcessors()) / 100.0,
        runtime.maxMemory() / MIB,
        (runtime.maxMemory() - used) / MIB);
  }

  /** Whether others should be told: by a quarter of a processor, or by a tenth of the memory. */
  public boolean differsMuchFrom(NodeLoad told) {
    return Math.abs(load - told.load) >= LOAD_STEP
        || 10 * Math.abs(memoryFree - told.memoryFree) >= memoryMax;
  }

  /** As properties of the node. */
  public Map<String, Object> toProperties() {
    Map<String, Object> map = new LinkedHashMap<>();
    if (load >= 0) {
      map.put("load", load);
    }
    map.put("memory.max", memoryMax);
    map.put("memory.free", memoryFree);
    return map;
  }
}
