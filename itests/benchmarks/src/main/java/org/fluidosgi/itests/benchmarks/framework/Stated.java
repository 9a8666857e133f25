package org.fluidosgi.itests.benchmarks.framework;

import java.util.List;

/** The figures that we state: the most that a median may be. */
final class Stated {
  /** A look-up by the virtual context, of the host's own cost on equal candidates. */
  private static final double RATIO = 2;

  /** A filter on ids is rewritten for the host, whose service is told by more than its id there. */
  private static final double RATIO_BY_ID = 3;

  /** Where a host's own cost is a read of a field. */
  private static final double MICROS = 0.2;

  private record Figure(String beginning, String unit, double most) {}

  /** By the beginning of what is measured. */
  private static final List<Figure> FIGURES = List.of(
      new Figure("install 1,000 bundles", "s", 60),
      new Figure("the same, until the virtual", "s", 60),
      new Figure("one of these installations", "p50 ms", 50),
      new Figure("one of these installations", "p99 ms", 250),
      new Figure("start these 1,000", "s", 60),
      new Figure("the same, until all nodes", "s", 60),
      new Figure("one of these starts", "p50 ms", 50),
      new Figure("one of these starts", "p99 ms", 250),
      new Figure("`getBundles()`", "us", 20),
      new Figure("`getBundle(", "us", 1),
      new Figure("install one", "p50 ms", 50),
      new Figure("install one", "p99 ms", 250),
      new Figure("restart a node", "s", 10),
      new Figure("heap per known", "bytes", 6144));

  private Stated() {}

  static double ratio(String what) {
    return what.contains("(service.") ? RATIO_BY_ID : RATIO;
  }

  /** NaN where the ratio is stated. */
  static double micros(String what) {
    return what.startsWith("`ServiceReference") ? MICROS : Double.NaN;
  }

  /** NaN where none is stated. */
  static double most(String what, String unit) {
    return FIGURES.stream()
        .filter(figure -> what.startsWith(figure.beginning) && unit.equals(figure.unit))
        .mapToDouble(Figure::most)
        .findFirst()
        .orElse(Double.NaN);
  }
}
