package org.fluidosgi.registry;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a subscriber or a scan wants.
 * Shape: records of {@code kind} having at least one of {@code anyKey} (empty = no condition) and matching the LDAP
 * {@code filter} over their attributes (null = all), names of attributes in any case. {@code scope} is how far is looked: {@code LOCAL}
 * = records that this node published, {@code GROUP} = those of all members, {@code WORLD} = other groups too, which no store here
 * knows yet. Checked when the interest is used: IllegalArgumentException naming the character where the filter is wrong, or
 * the scope that cannot be asked. Threads: immutable. Source: protocol-registry section 8. */
public record Interest(
    String kind,
    RegistryRecord.Scope scope,
    Set<String> anyKey,
    @Nullable String filter) {
  public Interest {
    if (kind.isBlank()) {
      throw new IllegalArgumentException("an interest needs a kind");
    }
    anyKey = Set.copyOf(anyKey);
  }

  /** In the whole group. */
  public Interest(String kind, Set<String> anyKey, @Nullable String filter) {
    this(kind, RegistryRecord.Scope.GROUP, anyKey, filter);
  }

  /** All records of a kind in the group. */
  public static Interest inKind(String kind) {
    return new Interest(kind, Set.of(), null);
  }

  /** Records of a kind in the group that match the LDAP filter. */
  public static Interest matching(String kind, String filter) {
    return new Interest(kind, Set.of(), filter);
  }

  /** The same as far as that. */
  public Interest within(RegistryRecord.Scope farthest) {
    return new Interest(kind, farthest, anyKey, filter);
  }
}
