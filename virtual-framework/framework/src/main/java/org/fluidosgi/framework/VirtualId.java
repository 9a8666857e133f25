package org.fluidosgi.framework;

/** Group-wide id of a bundle or a service: {@code ordinal << 32 | counter}.
 * Shape: the ordinal of the node that installed it, 1..2^31-1, and that node's counter, 0..2^32-1; shown as {@code n2:7}. Id 0 as a whole
 * is the virtual system bundle. Threads: immutable. Source: architecture section 3, ids. */
public record VirtualId(int ordinal, long counter) {
  private static final long COUNTER_MAX = 0xffff_ffffL;

  public VirtualId {
    if (ordinal < 0 || counter < 0 || counter > COUNTER_MAX || (ordinal == 0 && counter != 0)) {
      throw new IllegalArgumentException(
          "no virtual id: ordinal " + ordinal + ", counter " + counter);
    }
  }

  /** The id in a {@code long}, as {@code Bundle.getBundleId()} gives it. */
  public long toLong() {
    return ((long) ordinal << 32) | counter;
  }

  /** The id in that {@code long}. */
  public static VirtualId of(long id) {
    return new VirtualId((int) (id >>> 32), id & COUNTER_MAX);
  }

  /** The id written as {@code n2:7} or as a plain number.
   * Errors: IllegalArgumentException naming the text and both forms. */
  public static VirtualId parse(String text) {
    try {
      int colon = text.indexOf(':');
      if (text.startsWith("n") && colon > 1) {
        return new VirtualId(
            Integer.parseInt(text.substring(1, colon)), Long.parseLong(text.substring(colon + 1)));
      }
      return of(Long.parseLong(text));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "'" + text + "' is no bundle or service id: write n2:7 or a number", e);
    }
  }

  @Override
  public String toString() {
    return ordinal == 0 ? "0" : "n" + ordinal + ":" + counter;
  }
}
