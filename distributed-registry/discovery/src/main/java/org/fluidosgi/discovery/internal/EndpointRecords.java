package org.fluidosgi.discovery.internal;

import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.fluidosgi.registry.Attributes;
import org.fluidosgi.registry.Publication;
import org.fluidosgi.registry.RegistryRecord;
import org.osgi.service.remoteserviceadmin.EndpointDescription;

/** How an endpoint description becomes a record and back.
 * Shape: kind {@code endpoint}, name = endpoint.id, a key {@code oc:<interface>} per interface, attributes = the endpoint's
 * properties. Threads: any; no state. */
final class EndpointRecords {
  static final String KIND = "endpoint";
  private static final System.Logger LOG = System.getLogger("org.fluidosgi.discovery");

  private EndpointRecords() {}

  /** The record to publish; properties that cannot be written are left out, with a warning the first time. */
  static Publication publication(EndpointDescription endpoint, String node, boolean first) {
    Map<String, Object> attributes = new HashMap<>();
    for (Map.Entry<String, Object> property : endpoint.getProperties().entrySet()) {
      Object value = property.getValue();
      if (isWritable(property.getKey(), value)) {
        attributes.put(property.getKey(), value);
      } else {
        LOG.log(
            first ? Level.WARNING : Level.DEBUG,
            "{0}: property {1} of endpoint {2} has type {3}, which cannot be sent; other nodes do not see it",
            node,
            property.getKey(),
            endpoint.getId(),
            value == null ? "null" : value.getClass().getName());
      }
    }
    Set<String> keys = new HashSet<>();
    endpoint.getInterfaces().forEach(name -> keys.add("oc:" + name));
    return Publication.of(KIND, endpoint.getId(), keys, attributes);
  }

  /** The description that a record holds. Errors: IllegalArgumentException when it is none. */
  static EndpointDescription description(RegistryRecord endpointRecord) {
    return new EndpointDescription(endpointRecord.attributes());
  }

  /** Whether two descriptions say the same; {@link EndpointDescription#equals} compares ids only. */
  static boolean same(EndpointDescription one, EndpointDescription other) {
    return comparable(one.getProperties()).equals(comparable(other.getProperties()));
  }

  private static boolean isWritable(String key, Object value) {
    if (value == null) {
      return false;
    }
    try {
      Attributes.encode(Map.of(key, value));
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** Maps, lists and arrays as values that equals compares by content and type. */
  private static Object comparable(Object value) {
    if (value instanceof Map<?, ?> map) {
      Map<Object, Object> copy = new HashMap<>();
      map.forEach((key, entry) -> copy.put(Objects.toString(key), comparable(entry)));
      return copy;
    }
    if (value instanceof Set<?> set) {
      Set<Object> copy = new HashSet<>();
      set.forEach(element -> copy.add(comparable(element)));
      return copy;
    }
    if (value instanceof Iterable<?> elements) {
      List<Object> copy = new ArrayList<>();
      elements.forEach(element -> copy.add(comparable(element)));
      return copy;
    }
    if (value != null && value.getClass().isArray()) {
      List<Object> copy = new ArrayList<>();
      copy.add(value.getClass());
      for (int i = 0; i < java.lang.reflect.Array.getLength(value); i++) {
        copy.add(comparable(java.lang.reflect.Array.get(value, i)));
      }
      return copy;
    }
    return value == null ? "" : value;
  }
}
