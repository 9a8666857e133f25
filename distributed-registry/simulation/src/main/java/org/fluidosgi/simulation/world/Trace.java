package org.fluidosgi.simulation.world;

import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** What happened, as a hash that two runs of one seed share, and as lines for whoever wants to read them.
 * Shape: 64 bits, FNV-1a over time, place, word and detail of each entry. */
public final class Trace {
  private static final long PRIME = 0x100000001b3L;

  private final LongSupplier clock;
  private long hash = 0xcbf29ce484222325L;
  private @Nullable Consumer<String> reader;

  Trace(LongSupplier clock) {
    this.clock = clock;
  }

  /** From now on each entry is also given to the reader as one line. */
  public void read(Consumer<String> lines) {
    reader = lines;
  }

  /** Adds an entry. Shape: {@code detail} must not depend on anything outside the simulation. */
  public void note(String where, String word, Object detail) {
    mix(clock.getAsLong());
    mix(where);
    mix(word);
    Consumer<String> lines = reader;
    String text = detail.toString();
    mix(text);
    if (lines != null) {
      lines.accept(time(clock.getAsLong()) + " " + where + " " + word + " " + text);
    }
  }

  /** Adds an entry of which only the number is kept in the hash: cheap enough for every packet. */
  public void count(String where, String word, long detail) {
    mix(clock.getAsLong());
    mix(where);
    mix(word);
    mix(detail);
    Consumer<String> lines = reader;
    if (lines != null) {
      lines.accept(time(clock.getAsLong()) + " " + where + " " + word + " " + detail);
    }
  }

  /** The hash of all entries so far. */
  public long hash() {
    return hash;
  }

  /** Virtual time as text: minutes and seconds. */
  public static String time(long nanos) {
    long millis = nanos / 1_000_000;
    return String.format("%dm%02d.%03ds", millis / 60_000, millis / 1_000 % 60, millis % 1_000);
  }

  private void mix(String text) {
    for (int i = 0; i < text.length(); i++) {
      hash = (hash ^ text.charAt(i)) * PRIME;
    }
  }

  private void mix(long number) {
    for (long rest = number; rest != 0; rest >>>= 16) {
      hash = (hash ^ (rest & 0xffff)) * PRIME;
    }
    hash *= PRIME;
  }
}
