package org.fluidosgi.channel;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Typed reading of {@code fluid.*} settings, with errors that name key, value and what is expected.
 * Shape: a function from key to text, null when unset; blank counts as unset. Threads: as the source, normally any. */
public final class Settings {
  private final Function<String, @Nullable String> source;

  public Settings(Function<String, @Nullable String> source) {
    this.source = source;
  }

  /** The trimmed text of that key, or empty. */
  public Optional<String> text(String key) {
    String value = source.apply(key);
    return value == null || value.isBlank() ? Optional.empty() : Optional.of(value.trim());
  }

  /** The text of that key, or the default. */
  public String text(String key, String ifUnset) {
    return text(key).orElse(ifUnset);
  }

  /** A flag. Errors: IllegalArgumentException unless {@code true} or {@code false}. */
  public boolean flag(String key, boolean ifUnset) {
    return text(key)
        .map(value -> switch (value) {
          case "true" -> true;
          case "false" -> false;
          default ->
            throw new IllegalArgumentException(key + "=" + value + ": expected true or false");
        })
        .orElse(ifUnset);
  }

  /** A whole number between the bounds. Errors: IllegalArgumentException naming the bounds. */
  public int number(String key, int ifUnset, int least, int most) {
    Optional<String> text = text(key);
    if (text.isEmpty()) {
      return ifUnset;
    }
    try {
      int value = Integer.parseInt(text.get());
      if (value >= least && value <= most) {
        return value;
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(expected(key, text.get(), least, most), e);
    }
    throw new IllegalArgumentException(expected(key, text.get(), least, most));
  }

  /** A span of time given in whole milliseconds. Errors: IllegalArgumentException naming the bounds. */
  public Duration millis(String key, int ifUnset, int least, int most) {
    return Duration.ofMillis(number(key, ifUnset, least, most));
  }

  private static String expected(String key, String value, int least, int most) {
    return key + "=" + value + ": expected a whole number in " + least + ".." + most;
  }
}
