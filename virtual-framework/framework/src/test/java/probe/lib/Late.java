package probe.lib;

/** Loaded for the first time when a bundle that uses the library stops. */
public final class Late {
  private Late() {}

  public static String name() {
    return "late";
  }
}
