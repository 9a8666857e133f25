package org.fluidosgi.registry;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One capability that a bundle provides, or one requirement that it has.
 * Shape: {@code attributes} hold only what {@link Attributes} can write. In a record all clauses stand grouped by namespace under
 * one attribute, each as the bytes of a map with {@code a} (attributes) and {@code d} (directives), so that thousands of them cost
 * little until they are asked for. Threads: immutable. Source: protocol-registry section 9. */
public record Clause(
    String namespace, Map<String, Object> attributes, Map<String, String> directives) {
  /** Attribute of a record that holds what its bundle provides. */
  public static final String CAPABILITIES = "capabilities";

  /** Attribute of a record that holds what its bundle requires. */
  public static final String REQUIREMENTS = "requirements";

  public Clause {
    if (namespace.isBlank()) {
      throw new IllegalArgumentException("a capability or requirement needs a namespace");
    }
    attributes = Collections.unmodifiableMap(new LinkedHashMap<>(attributes));
    directives = Collections.unmodifiableMap(new LinkedHashMap<>(directives));
  }

  /** The value of a record's attribute that holds these clauses. Errors: IllegalArgumentException when an attribute's type cannot be
   * written. */
  public static Map<String, List<byte[]>> grouped(Collection<Clause> clauses) {
    Map<String, List<byte[]>> groups = new LinkedHashMap<>();
    for (Clause clause : clauses) {
      groups
          .computeIfAbsent(clause.namespace, namespace -> new ArrayList<>())
          .add(clause.toBytes());
    }
    return groups;
  }

  /** The clauses of that namespace in a record's attribute; those that cannot be read are left out. */
  public static List<Clause> in(RegistryRecord record, String attribute, String namespace) {
    List<Clause> clauses = new ArrayList<>();
    if (record.attributes().get(attribute) instanceof Map<?, ?> groups
        && groups.get(namespace) instanceof List<?> group) {
      for (Object each : group) {
        if (each instanceof byte[] bytes) {
          try {
            clauses.add(of(namespace, bytes));
          } catch (IllegalArgumentException e) {
            System.getLogger("org.fluidosgi.registry")
                .log(System.Logger.Level.DEBUG, "a clause of " + record.id() + " is malformed", e);
          }
        }
      }
    }
    return clauses;
  }

  /** Bytes of this clause in its group. */
  public byte[] toBytes() {
    return Attributes.encode(
        directives.isEmpty() ? Map.of("a", attributes) : Map.of("a", attributes, "d", directives));
  }

  private static Clause of(String namespace, byte[] bytes) {
    Map<String, Object> map = Attributes.decode(bytes);
    Map<String, Object> attributes = new LinkedHashMap<>();
    Map<String, String> directives = new LinkedHashMap<>();
    if (map.get("a") instanceof Map<?, ?> found) {
      found.forEach((name, value) -> attributes.put(String.valueOf(name), value));
    }
    if (map.get("d") instanceof Map<?, ?> found) {
      found.forEach((name, value) -> directives.put(String.valueOf(name), String.valueOf(value)));
    }
    return new Clause(namespace, attributes, directives);
  }
}
