package org.fluidosgi.clusterinfo.internal;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.lang.management.OperatingSystemMXBean;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/** What this process can be asked about itself, by name, as in the example of chapter 148. Threads: any. */
final class Metrics {
  private static final OperatingSystemMXBean SYSTEM = ManagementFactory.getOperatingSystemMXBean();

  private static final Map<String, Supplier<Object>> READINGS = Map.of(
      "availableProcessors", SYSTEM::getAvailableProcessors,
      "systemLoadAverage", () -> (float) SYSTEM.getSystemLoadAverage(),
      "heapMemoryMax", () -> heap().getMax(),
      "heapMemoryUsed", () -> heap().getUsed(),
      "nonHeapMemoryMax", () -> other().getMax(),
      "nonHeapMemoryUsed", () -> other().getUsed());

  private Metrics() {}

  /** The readings of these names, of all when none is given; a name that is not known is left out. */
  static Map<String, Object> read(String... names) {
    Map<String, Object> found = new TreeMap<>();
    for (String name : names.length == 0 ? READINGS.keySet().toArray(String[]::new) : names) {
      Supplier<Object> reading = READINGS.get(name);
      if (reading != null) {
        found.put(name, reading.get());
      }
    }
    return found;
  }

  private static MemoryUsage heap() {
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
  }

  private static MemoryUsage other() {
    return ManagementFactory.getMemoryMXBean().getNonHeapMemoryUsage();
  }
}
