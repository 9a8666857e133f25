package org.fluidosgi.shell.internal;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.fluidosgi.framework.VirtualId;
import org.fluidosgi.framework.VirtualService;
import org.jspecify.annotations.Nullable;

/** A row of {@code services}; interfaces by their full names. */
public record ServiceRow(
    String node,
    String id,
    List<String> interfaces,
    @Nullable String bundle,
    boolean local) {
  /** Shape: names of bundles by id as text. */
  static ServiceRow of(VirtualService service, Map<String, String> bundles) {
    Object bundle = service.properties().get("service.bundleid");
    return new ServiceRow(
        NodeRow.label(service.node()),
        service.id().toString(),
        service.interfaces(),
        bundle instanceof Long id ? title(VirtualId.of(id).toString(), bundles) : null,
        service.node().local());
  }

  private static String title(String id, Map<String, String> bundles) {
    return bundles.getOrDefault(id, id);
  }

  /** The interfaces without their packages. */
  String shortNames() {
    return shortNames(interfaces);
  }

  /** Names of interfaces without their packages. */
  public static String shortNames(List<String> interfaces) {
    return interfaces.stream()
        .map(name -> name.substring(name.lastIndexOf('.') + 1))
        .collect(Collectors.joining(", "));
  }
}
