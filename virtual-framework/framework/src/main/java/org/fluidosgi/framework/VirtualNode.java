package org.fluidosgi.framework;

import java.util.Map;
import org.fluidosgi.channel.NodeInfo;

/** A member of the group.
 * Shape: {@code properties} are facts such as {@code os.name}, {@code os.arch}, {@code java.version},
 * {@code framework.name} and {@code framework.version} of bundle 0. Threads: immutable snapshot. */
public record VirtualNode(
    int ordinal,
    NodeInfo info,
    State state,
    boolean local,
    int bundles,
    Map<String, Object> properties) {
  /** How the group sees the node. */
  public enum State {
    UP,
    SUSPECT
  }

  /** Name for people. */
  public String name() {
    return info.name();
  }
}
