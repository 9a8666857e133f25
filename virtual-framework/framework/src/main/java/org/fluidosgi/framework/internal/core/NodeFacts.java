package org.fluidosgi.framework.internal.core;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.fluidosgi.channel.NodeAddress;

/** What a node's record says. Source: protocol-framework, section 4. */
public record NodeFacts(
    int ordinal, UUID group, String name, NodeAddress address, Map<String, Object> properties) {
  /** Attributes of the record. */
  public Map<String, Object> toAttributes() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("ordinal", ordinal);
    map.put("group", group.toString());
    map.put("name", name);
    map.put("address", address.toString());
    map.put("properties", properties);
    return map;
  }

  /** Reads a record. Errors: IllegalArgumentException naming what is missing or of another type. */
  public static NodeFacts from(Map<String, Object> map) {
    Map<String, Object> properties = new LinkedHashMap<>();
    if (map.get("properties") instanceof Map<?, ?> given) {
      given.forEach((key, value) -> properties.put(String.valueOf(key), value));
    }
    return new NodeFacts(
        Message.value(map, "ordinal", Integer.class),
        UUID.fromString(Message.value(map, "group", String.class)),
        Message.value(map, "name", String.class),
        NodeAddress.parse(Message.value(map, "address", String.class)),
        Map.copyOf(properties));
  }
}
