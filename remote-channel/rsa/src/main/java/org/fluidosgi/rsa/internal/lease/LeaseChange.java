package org.fluidosgi.rsa.internal.lease;

import java.util.Arrays;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One change of what a peer leases.
 * Shape: {@code properties} is the encoded attribute map, empty for what is removed; shared, not changed. Threads: immutable. */
public record LeaseChange(Kind kind, UUID endpoint, byte[] properties) {
  /** What became of the endpoint, in order of the numbers 1, 2, 3 on the wire. */
  public enum Kind {
    ADDED,
    MODIFIED,
    REMOVED
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof LeaseChange that
        && kind == that.kind
        && endpoint.equals(that.endpoint)
        && Arrays.equals(properties, that.properties);
  }

  @Override
  public int hashCode() {
    return Objects.hash(kind, endpoint, Arrays.hashCode(properties));
  }
}
