package org.fluidosgi.registry;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a subscriber or a scan wants.
 * Shape: records of {@code kind} having at least one of {@code anyKey} (empty = no condition) and matching the LDAP
 * {@code filter} over their attributes (null = all). Filters are checked when the interest is used:
 * IllegalArgumentException with the position. */
public record Interest(
    String kind, Set<String> anyKey, @Nullable String filter) {
  public Interest {
    if (kind.isBlank()) {
      throw new IllegalArgumentException("an interest needs a kind");
    }
    anyKey = Set.copyOf(anyKey);
  }

  /** All records of a kind. */
  public static Interest inKind(String kind) {
    return new Interest(kind, Set.of(), null);
  }
}
