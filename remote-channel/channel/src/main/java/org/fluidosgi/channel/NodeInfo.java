package org.fluidosgi.channel;

/** What a node tells about itself in the handshake.
 * Shape: {@code name} is for people, 1..64 printable characters, not necessarily unique; {@code address} is the advertised
 * one. Threads: immutable. Source: protocol-channel, handshake. */
public record NodeInfo(NodeId id, Incarnation incarnation, String name, NodeAddress address) {
  /** Most characters a node's name may have. */
  public static final int NAME_CHARS_MAX = 64;

  public NodeInfo {
    if (name == null || name.isBlank() || name.length() > NAME_CHARS_MAX) {
      throw new IllegalArgumentException(
          "a node's name has 1.." + NAME_CHARS_MAX + " characters, not '" + name + "'");
    }
  }
}
