package org.fluidosgi.registry;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a subscriber or a scan wants.
 * Shape: records of {@code kind} having at least one of {@code anyKey} (empty = no condition) and matching the LDAP
 * {@code filter} over their attributes (null = all), names of attributes in any case. With a {@code namespace}, records of which one
 * capability of that namespace matches the filter (null = any such capability), names of its attributes in their own case.
 * {@code scope} is how far is looked: {@code LOCAL} = records that this node published, {@code GROUP} = those of all members,
 * {@code WORLD} = other groups too, which no store here knows yet. Checked when the interest is used: IllegalArgumentException naming
 * the character where the filter is wrong, or the scope that cannot be asked. Threads: immutable.
 * Source: protocol-registry section 8. */
public record Interest(
    String kind,
    RegistryRecord.Scope scope,
    Set<String> anyKey,
    @Nullable String namespace,
    @Nullable String filter) {
  /** Kind of the records that hold the capabilities and requirements of bundles. */
  public static final String RESOURCE = "resource";

  public Interest {
    if (kind.isBlank()) {
      throw new IllegalArgumentException("an interest needs a kind");
    }
    anyKey = Set.copyOf(anyKey);
  }

  /** Over records' own attributes, in the whole group. */
  public Interest(String kind, Set<String> anyKey, @Nullable String filter) {
    this(kind, RegistryRecord.Scope.GROUP, anyKey, null, filter);
  }

  /** All records of a kind in the group. */
  public static Interest inKind(String kind) {
    return new Interest(kind, Set.of(), null);
  }

  /** Records of a kind in the group that match the LDAP filter. */
  public static Interest matching(String kind, String filter) {
    return new Interest(kind, Set.of(), filter);
  }

  /** Bundles in the group that provide a capability of the namespace that matches the LDAP filter. */
  public static Interest providing(String namespace, @Nullable String filter) {
    return new Interest(RESOURCE, RegistryRecord.Scope.GROUP, Set.of(), namespace, filter);
  }

  /** The same as far as that. */
  public Interest within(RegistryRecord.Scope farthest) {
    return new Interest(kind, farthest, anyKey, namespace, filter);
  }
}
