package org.fluidosgi.itests.benchmarks;

import java.util.Locale;

/** One measured figure: a test of one peer in one round.
 * Shape: times in microseconds, zero where not measured; {@code cpuMicros} is processor time of client and server together per
 * operation. Written as one comma-separated line. */
record Row(
    String peer,
    String test,
    int threads,
    long operations,
    double perSecond,
    double p50,
    double p99,
    long errors,
    double cpuMicros) {
  String line() {
    return String.format(
        Locale.ROOT,
        "%s,%s,%d,%d,%.1f,%.1f,%.1f,%d,%.2f",
        peer,
        test,
        threads,
        operations,
        perSecond,
        p50,
        p99,
        errors,
        cpuMicros);
  }

  static Row parse(String line) {
    String[] f = line.split(",", -1);
    return new Row(
        f[0],
        f[1],
        Integer.parseInt(f[2]),
        Long.parseLong(f[3]),
        Double.parseDouble(f[4]),
        Double.parseDouble(f[5]),
        Double.parseDouble(f[6]),
        Long.parseLong(f[7]),
        Double.parseDouble(f[8]));
  }
}
