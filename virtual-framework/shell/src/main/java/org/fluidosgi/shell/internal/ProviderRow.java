package org.fluidosgi.shell.internal;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.fluidosgi.framework.Providers.InRepository;
import org.fluidosgi.framework.Providers.InVirtualBundle;
import org.fluidosgi.framework.Providers.OnHost;
import org.fluidosgi.framework.Providers.Provider;

/** A row of {@code providers}: where it is, and what it is there. */
public record ProviderRow(
    String where,
    String id,
    String name,
    String version,
    Map<String, Object> attributes,
    boolean local) {
  /** Have columns of their own. */
  private static final Set<String> SHOWN = Set.of("bundle-symbolic-name", "bundle-version");

  static ProviderRow of(Provider provider) {
    if (provider instanceof InVirtualBundle in) {
      BundleRow bundle = BundleRow.of(in.bundle());
      return row(bundle.node(), bundle.id(), bundle.name(), bundle.local(), provider);
    }
    if (provider instanceof OnHost on) {
      String node = NodeRow.label(on.node());
      return row(node, "host " + on.hostId(), on.symbolicName(), on.node().local(), provider);
    }
    String repository = provider instanceof InRepository in ? in.repository() : "";
    return row(repository, "", provider.symbolicName(), false, provider);
  }

  private static ProviderRow row(
      String where, String id, String name, boolean local, Provider provider) {
    return new ProviderRow(
        where,
        id,
        name,
        provider.version().toString(),
        new TreeMap<>(provider.attributes()),
        local);
  }

  /** The attributes in one line. */
  String attributesText() {
    return attributes.entrySet().stream()
        .filter(each -> !SHOWN.contains(each.getKey()))
        .map(each -> each.getKey() + "=" + text(each.getValue()))
        .collect(Collectors.joining(" "));
  }

  private static String text(Object value) {
    return value instanceof Object[] array
        ? java.util.List.of(array).toString()
        : String.valueOf(value);
  }
}
