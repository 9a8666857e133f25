package org.fluidosgi.topology.spi;

import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The part of a group that a node belongs to: what runs on a node sees bundles and services of nodes of the same region, and of those that
 * belong to none, which see everything.
 * Shape: {@code name} is empty for none, else 1 to 64 letters, digits, points, hyphens and underscores. Threads: immutable.
 * Source: decision 0023. */
public record Region(String name) {
  /** The setting that names a node's region, the node property that tells others, and the property of endpoints that only their region imports. */
  public static final String PROPERTY = "fluid.region";

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{0,64}");

  /** None: it sees everything, and all see it. */
  public static final Region NONE = new Region("");

  /** Errors: IllegalArgumentException when the name is not one. */
  public Region {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(PROPERTY + "=" + name
          + ": expected 1 to 64 letters, digits, points, hyphens and underscores");
    }
  }

  /** As set. Errors: IllegalArgumentException naming key, value and what is expected. */
  public static Region read(Function<String, @Nullable String> settings) {
    String text = settings.apply(PROPERTY);
    return new Region(text == null ? "" : text.strip());
  }

  /** Whether it is none. */
  public boolean isNone() {
    return name.isEmpty();
  }

  /** Whether it sees what is in the region of that name; null and the empty name stand for none. */
  public boolean sees(@Nullable Object other) {
    return isNone() || other == null || "".equals(other) || name.equals(other);
  }

  /** The filter that endpoints match which it sees; empty when all do. */
  public String filter() {
    return isNone() ? "" : "(|(!(" + PROPERTY + "=*))(" + PROPERTY + "=" + name + "))";
  }
}
