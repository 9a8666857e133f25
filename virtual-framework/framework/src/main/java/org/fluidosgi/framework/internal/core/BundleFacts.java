package org.fluidosgi.framework.internal.core;

import java.util.LinkedHashMap;
import java.util.Map;
import org.fluidosgi.framework.VirtualId;

/** What a bundle's record says.
 * Shape: {@code state} as {@code Bundle.getState()}; {@code version} may be written by anybody, an odd one reads as 0.0.0;
 * {@code revision} counts the node's descriptions of its bundles within one incarnation: of two, the higher holds.
 * Source: protocol-framework, section 4. */
public record BundleFacts(
    VirtualId id,
    long hostId,
    String symbolicName,
    String version,
    String location,
    String sha256,
    long size,
    int state,
    long modified,
    Start start,
    long revision) {
  /** How it starts with its framework.
   * Shape: {@code level} as {@code BundleStartLevel.getStartLevel()}, 1 or more; {@code byPolicy} only with {@code persistent}. */
  public record Start(int level, boolean persistent, boolean byPolicy) {
    /** As a bundle is installed. */
    public static final Start NONE = new Start(1, false, false);

    private int kind() {
      return !persistent ? 0 : byPolicy ? 2 : 1;
    }

    private static Start from(Map<String, Object> map) {
      if (!map.containsKey("level")) {
        return NONE;
      }
      int kind = Message.value(map, "autostart", Integer.class);
      return new Start(Message.value(map, "level", Integer.class), kind > 0, kind == 2);
    }
  }

  /** Attributes of the record. */
  public Map<String, Object> toAttributes() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("id", id.toLong());
    map.put("host.id", hostId);
    map.put("bsn", symbolicName);
    map.put("version", version);
    map.put("location", location);
    map.put("sha256", sha256);
    map.put("size", size);
    map.put("state", state);
    map.put("modified", modified);
    map.put("level", start.level);
    map.put("autostart", start.kind());
    map.put("revision", revision);
    return map;
  }

  /** Reads a record. Errors: IllegalArgumentException naming what is missing or of another type. */
  public static BundleFacts from(Map<String, Object> map) {
    return new BundleFacts(
        VirtualId.of(Message.value(map, "id", Long.class)),
        Message.value(map, "host.id", Long.class),
        Message.value(map, "bsn", String.class),
        Message.value(map, "version", String.class),
        Message.value(map, "location", String.class),
        Message.value(map, "sha256", String.class),
        Message.value(map, "size", Long.class),
        Message.value(map, "state", Integer.class),
        Message.value(map, "modified", Long.class),
        Start.from(map),
        Message.value(map, "revision", Long.class));
  }

  /** The same with another state. */
  public BundleFacts withState(int now) {
    return new BundleFacts(
        id, hostId, symbolicName, version, location, sha256, size, now, modified, start, revision);
  }
}
