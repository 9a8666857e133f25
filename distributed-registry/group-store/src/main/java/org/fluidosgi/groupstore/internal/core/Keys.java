package org.fluidosgi.groupstore.internal.core;

/** What a key may be. Keys that begin with U+0000 are the store's own and are shown to nobody. */
public final class Keys {
  /** Most characters of a key. */
  public static final int CHARS_MAX = 512;

  /** In a store that was given up for another: the id of that group. */
  public static final String JOINED_INTO = "\0joined-into";

  /** Followed by the id of a group that was given up for this one. */
  public static final String JOINED = "\0joined/";

  private Keys() {}

  /** That key. Errors: IllegalArgumentException saying what a key may be. */
  public static String check(String key) {
    if (key.isBlank() || key.length() > CHARS_MAX) {
      throw new IllegalArgumentException(
          "a key has 1.." + CHARS_MAX + " characters, not " + key.length());
    }
    for (int i = 0; i < key.length(); i++) {
      if (Character.isISOControl(key.charAt(i)) || Character.isSurrogate(key.charAt(i))) {
        throw new IllegalArgumentException(
            "a key has no control characters and none beyond U+FFFF, as at " + i);
      }
    }
    return key;
  }

  /** Whether it is one of the store's own. */
  public static boolean isOwn(String key) {
    return !key.isEmpty() && key.charAt(0) == 0;
  }
}
