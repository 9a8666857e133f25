package org.fluidosgi.channel.internal.cbor;

/** Limits of an encoded attribute map; beyond them writing and reading fail with IllegalArgumentException. */
public final class AttributeLimits {
  /** Longest encoded map, in bytes. */
  public static final int BYTES_MAX = 256 * 1024;

  /** Deepest nesting of maps, lists, sets and arrays, the outer map included. */
  public static final int DEPTH_MAX = 32;

  /** Longest key, in characters. */
  public static final int KEY_CHARS_MAX = 1024;

  private AttributeLimits() {}
}
