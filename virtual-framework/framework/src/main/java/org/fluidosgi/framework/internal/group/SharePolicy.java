package org.fluidosgi.framework.internal.group;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.fluidosgi.framework.VirtualBundle;
import org.fluidosgi.framework.internal.HostBundles;
import org.fluidosgi.framework.internal.ServiceIds;
import org.fluidosgi.topology.spi.ExportPolicy;
import org.fluidosgi.topology.spi.Sharing;
import org.osgi.framework.Bundle;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;

/** Shares what virtual bundles register: every interface that is not a framework's or an extender's own, unless the service
 * stays on its node. Threads: any; does not block.
 * Source: architecture section 3, what is shared. */
final class SharePolicy implements ExportPolicy {
  private final HostBundles bundles;

  SharePolicy(HostBundles bundles) {
    this.bundles = bundles;
  }

  @Override
  public Optional<Map<String, Object>> exportProperties(ServiceReference<?> service) {
    Bundle host = service.getBundle();
    VirtualBundle virtual = host == null ? null : bundles.virtualOf(host);
    if (host == null
        || virtual == null
        || service.getProperty("service.imported") != null
        || Sharing.staysHere(service)) {
      return Optional.empty();
    }
    List<String> shared =
        Sharing.names(service).stream().filter(name -> isInterface(host, name)).toList();
    return shared.isEmpty()
        ? Optional.empty()
        : Optional.of(Map.of("service.exported.interfaces", shared.toArray(String[]::new)));
  }

  /** Which service and bundle of the group it is. */
  @Override
  public Map<String, Object> describe(ServiceReference<?> service) {
    Map<String, Object> described = new LinkedHashMap<>();
    if (service.getProperty(Constants.SERVICE_ID) instanceof Long id) {
      described.put(ServiceIds.SERVICE, ServiceIds.of(bundles.ordinal(), id));
    }
    registrant(service).ifPresent(id -> described.put(ServiceIds.BUNDLE, id));
    return described;
  }

  /** The virtual bundle that registered it; one of another node when it was done through that one's context here. */
  private Optional<Long> registrant(ServiceReference<?> service) {
    Bundle host = service.getBundle();
    return ServiceIds.read(service.getProperty(ServiceIds.BUNDLE))
        .map(id -> bundles.byId(id.toLong()))
        .or(() -> Optional.ofNullable(host).map(bundles::virtualOf))
        .map(VirtualBundle::getBundleId);
  }

  private static boolean isInterface(Bundle host, String name) {
    try {
      return host.loadClass(name).isInterface();
    } catch (ClassNotFoundException | LinkageError | IllegalStateException e) {
      return false;
    }
  }
}
