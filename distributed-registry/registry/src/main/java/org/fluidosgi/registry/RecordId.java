package org.fluidosgi.registry;

import org.fluidosgi.channel.NodeId;

/** Name of a record: unique by owner, kind and name.
 * Shape: {@code kind} such as {@code endpoint}, {@code bundle}, {@code node}; {@code name} is the owner's choice. */
public record RecordId(NodeId owner, String kind, String name) {
  /** Most characters of a kind or a name. */
  public static final int CHARS_MAX = 512;

  public RecordId {
    if (owner == null
        || kind.isBlank()
        || kind.length() > CHARS_MAX
        || name.isBlank()
        || name.length() > CHARS_MAX) {
      throw new IllegalArgumentException("a record id needs an owner, a kind and a name of 1.."
          + CHARS_MAX + " characters, not " + owner + ", '" + kind + "', '" + name + "'");
    }
  }
}
