package org.fluidosgi.shell.internal;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.fluidosgi.rsa.connect.RemoteReference;

/** A row of {@code connect}: a service that a node leases to us.
 * Shape: {@code properties} are those that its provider gave it. */
public record ReferenceRow(
    List<String> interfaces, String endpoint, Map<String, Object> properties) {
  private static final List<String> OF_THE_PROTOCOL =
      List.of("endpoint.", "service.", "remote.", "fluid.", "component.", "objectclass");

  static ReferenceRow of(RemoteReference reference) {
    Map<String, Object> given = new TreeMap<>();
    reference.properties().forEach((key, value) -> {
      String lower = key.toLowerCase(Locale.ROOT);
      if (OF_THE_PROTOCOL.stream().noneMatch(lower::startsWith)) {
        given.put(key, value);
      }
    });
    return new ReferenceRow(reference.interfaces(), reference.endpointId(), given);
  }

  /** The interfaces without their packages. */
  String shortInterfaces() {
    return interfaces.stream()
        .map(name -> name.substring(name.lastIndexOf('.') + 1))
        .collect(Collectors.joining(", "));
  }

  String shortProperties() {
    return properties.entrySet().stream()
        .map(entry -> entry.getKey() + "=" + text(entry.getValue()))
        .collect(Collectors.joining(", "));
  }

  private static String text(Object value) {
    return value instanceof Object[] values ? List.of(values).toString() : String.valueOf(value);
  }
}
