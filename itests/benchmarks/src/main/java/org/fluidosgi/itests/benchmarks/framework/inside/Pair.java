package org.fluidosgi.itests.benchmarks.framework.inside;

import java.util.Arrays;

/** The same asked of two in turn: blocks of calls of the one, then of the other, then in the other order, so that what else the machine
 * does meets both. Shape: median block, microseconds for one call. */
record Pair(double first, double second) {
  private static final int BLOCKS = 24;
  private static final int CALLS_MAX = 20_000;
  private static final long BLOCK_NANOS = 1_500_000;
  private static final long WARM_UP_NANOS = 250_000_000;
  private static final int WARM_UP_CALLS = 64;

  /** One call; tells how much it found. */
  interface Call {
    int run() throws Exception;
  }

  static Pair of(String what, Call first, Call second, double scale) throws Exception {
    long end = System.nanoTime() + (long) (WARM_UP_NANOS * scale);
    while (System.nanoTime() < end) {
      block(first, WARM_UP_CALLS);
      block(second, WARM_UP_CALLS);
    }
    long one = block(first, WARM_UP_CALLS) / WARM_UP_CALLS + 1;
    int calls = (int) Math.max(4, Math.min(CALLS_MAX, BLOCK_NANOS / one));
    int blocks = Math.max(8, (int) (BLOCKS * scale));
    double[] firsts = new double[blocks];
    double[] seconds = new double[blocks];
    for (int i = 0; i < blocks; i++) {
      if (i % 2 == 0) {
        firsts[i] = block(first, calls);
        seconds[i] = block(second, calls);
      } else {
        seconds[i] = block(second, calls);
        firsts[i] = block(first, calls);
      }
    }
    int found = first.run();
    if (found != second.run()) {
      throw new IllegalStateException(
          what + ": one finds " + found + ", the other " + second.run());
    }
    return new Pair(median(firsts) / calls / 1000, median(seconds) / calls / 1000);
  }

  private static long block(Call call, int calls) throws Exception {
    long found = 0;
    long began = System.nanoTime();
    for (int i = 0; i < calls; i++) {
      found += call.run();
    }
    long took = System.nanoTime() - began;
    if (found < 0) {
      throw new IllegalStateException("nothing is found less than never");
    }
    return took;
  }

  private static double median(double[] values) {
    Arrays.sort(values);
    return (values[(values.length - 1) / 2] + values[values.length / 2]) / 2;
  }
}
