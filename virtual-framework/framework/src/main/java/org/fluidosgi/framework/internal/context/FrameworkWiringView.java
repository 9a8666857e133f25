package org.fluidosgi.framework.internal.context;

import java.util.Arrays;
import java.util.Collection;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.FrameworkListener;
import org.osgi.framework.wiring.BundleCapability;
import org.osgi.framework.wiring.FrameworkWiring;
import org.osgi.resource.Requirement;

/** The host's wiring for callers that hold virtual bundles.
 * Bundles of other nodes are left out: the host cannot wire them. Threads: as {@link FrameworkWiring}. */
final class FrameworkWiringView implements FrameworkWiring {
  private final FrameworkWiring raw;
  private final SystemBundleView system;

  FrameworkWiringView(FrameworkWiring raw, SystemBundleView system) {
    this.raw = raw;
    this.system = system;
  }

  @Override
  public Bundle getBundle() {
    return system;
  }

  @Override
  public void refreshBundles(@Nullable Collection<Bundle> bundles, FrameworkListener... listeners) {
    raw.refreshBundles(
        bundles == null ? null : HostView.hosts(bundles),
        Arrays.stream(listeners)
            .map(listener -> ListenerViews.framework(listener, system.view()))
            .toArray(FrameworkListener[]::new));
  }

  @Override
  public boolean resolveBundles(@Nullable Collection<Bundle> bundles) {
    return raw.resolveBundles(bundles == null ? null : HostView.hosts(bundles));
  }

  @Override
  public Collection<Bundle> getRemovalPendingBundles() {
    return views(raw.getRemovalPendingBundles());
  }

  @Override
  public Collection<Bundle> getDependencyClosure(Collection<Bundle> bundles) {
    return views(raw.getDependencyClosure(HostView.hosts(bundles)));
  }

  @Override
  public Collection<BundleCapability> findProviders(Requirement requirement) {
    return raw.findProviders(requirement);
  }

  private Collection<Bundle> views(Collection<Bundle> hosts) {
    return hosts.stream().map(system.view()::bundle).collect(Collectors.toList());
  }
}
