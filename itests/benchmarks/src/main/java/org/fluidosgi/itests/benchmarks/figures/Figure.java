package org.fluidosgi.itests.benchmarks.figures;

import java.util.Locale;

/** One measured value of one round.
 * Shape: {@code reference} is the peer of the same line of the table that its ratio is taken to, empty for none; no part holds a
 * semicolon. Written as one line of text. */
public record Figure(String what, String unit, String peer, double value, String reference) {
  private static final String MARK = "FIGURE;";

  public String line() {
    return MARK + what + ";" + unit + ";" + peer + ";" + String.format(Locale.ROOT, "%.4f", value)
        + ";" + reference;
  }

  /** Whether it is another value of the same thing. */
  public boolean isSameAs(Figure other) {
    return what.equals(other.what) && unit.equals(other.unit) && peer.equals(other.peer);
  }

  public static boolean is(String line) {
    return line.startsWith(MARK);
  }

  public static Figure parse(String line) {
    String[] f = line.split(";", -1);
    return new Figure(f[1], f[2], f[3], Double.parseDouble(f[4]), f[5]);
  }
}
