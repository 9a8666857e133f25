package org.fluidosgi.shell.internal;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.fluidosgi.framework.VirtualService;
import org.jspecify.annotations.Nullable;

/** A row of {@code services}; interfaces by their full names. */
public record ServiceRow(
    String node,
    String id,
    List<String> interfaces,
    @Nullable String bundle,
    boolean local) {
  /** Property by which a service names the virtual bundle that registered it, as {@code n2:7}. */
  private static final String BUNDLE = "fluid.bundle";

  /** Shape: names of bundles by id as text. */
  static ServiceRow of(VirtualService service, Map<String, String> bundles) {
    Object bundle = service.properties().get(BUNDLE);
    return new ServiceRow(
        NodeRow.label(service.node()),
        service.id().toString(),
        service.interfaces(),
        bundle instanceof String id ? bundles.getOrDefault(id, id) : null,
        service.node().local());
  }

  /** The interfaces without their packages. */
  String shortNames() {
    return interfaces.stream()
        .map(name -> name.substring(name.lastIndexOf('.') + 1))
        .collect(Collectors.joining(", "));
  }
}
