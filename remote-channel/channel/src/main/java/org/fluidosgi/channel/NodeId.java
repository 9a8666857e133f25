package org.fluidosgi.channel;

import java.util.UUID;

/** Persistent identity of a node: kept in its data directory, the same after every restart.
 * Shape: random UUID, shown in full by {@link #toString()}. Threads: immutable.
 * Source: architecture section 3, ids. */
public record NodeId(UUID uuid) implements Comparable<NodeId> {
  public NodeId {
    if (uuid == null) {
      throw new IllegalArgumentException("a node id needs a UUID");
    }
  }

  /** The id written as text.
   * Errors: IllegalArgumentException naming the text when it is no UUID. */
  public static NodeId parse(String text) {
    return new NodeId(UUID.fromString(text));
  }

  /** Unsigned order of the 128 bits, the same on every node and in every language. */
  @Override
  public int compareTo(NodeId other) {
    int high =
        Long.compareUnsigned(uuid.getMostSignificantBits(), other.uuid.getMostSignificantBits());
    return high != 0
        ? high
        : Long.compareUnsigned(
            uuid.getLeastSignificantBits(), other.uuid.getLeastSignificantBits());
  }

  @Override
  public String toString() {
    return uuid.toString();
  }
}
