package org.fluidosgi.launcher.internal.demo;

import java.io.PrintStream;
import java.util.List;
import java.util.Locale;

/** The voice of the demo: numbered steps, what is typed and what comes back. */
final class Narrator {
  private final PrintStream out;
  private final long beginNanos = System.nanoTime();
  private int step;

  Narrator(PrintStream out) {
    this.out = out;
  }

  void title(String text) {
    out.println(text);
  }

  void step(String text) {
    step++;
    out.println();
    out.println(step + ". " + text);
  }

  /** Number of the step that runs. */
  int step() {
    return step;
  }

  void say(String text) {
    out.println("   " + text);
  }

  void typed(String node, String command) {
    out.println("   " + node + "> " + command);
  }

  void answer(List<String> lines) {
    lines.forEach(line -> out.println("      " + line));
  }

  double seconds() {
    return (System.nanoTime() - beginNanos) / 1e9;
  }

  static String millis(long nanos) {
    return String.format(Locale.ROOT, "%.0f ms", nanos / 1e6);
  }
}
