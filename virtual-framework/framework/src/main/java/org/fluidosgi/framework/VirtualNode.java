package org.fluidosgi.framework;

import java.util.Map;
import org.fluidosgi.channel.NodeInfo;
import org.fluidosgi.topology.spi.Region;

/** A member of the group.
 * Shape: {@code properties} are facts and measures, as {@link VirtualFramework#place} compares them: {@code os.name} and {@code os.arch}
 * (each a list of all the names that the framework specification, chapter 8, gives for them), {@code os.version}, {@code java.version},
 * {@code framework.name} and {@code framework.version} of bundle 0, {@code processors}, {@code load} (system load per processor, where the
 * system tells it), {@code memory.max} and {@code memory.free} (heap, MiB), {@code name}, {@code fluid.region} where it is set, and what
 * {@code fluid.node.properties} says.
 * Threads: immutable snapshot. */
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

  /** The region of the group that it belongs to; empty when it names none. */
  public String region() {
    return properties.get(Region.PROPERTY) instanceof String region ? region : "";
  }

  /** Name for people. */
  public String name() {
    return info.name();
  }
}
