package org.fluidosgi.framework.internal.context;

import org.fluidosgi.framework.VirtualBundle;
import org.fluidosgi.framework.VirtualBundleContext;
import org.fluidosgi.framework.VirtualFramework;
import org.osgi.framework.BundleContext;

/** The context of a virtual bundle of this node. Threads: as {@link BundleContext}. */
final class LocalVirtualContext extends ContextView implements VirtualBundleContext {
  private final LocalVirtualBundle bundle;

  LocalVirtualContext(LocalVirtualBundle bundle, BundleContext raw) {
    super(bundle, raw);
    this.bundle = bundle;
  }

  @Override
  public VirtualFramework getVirtualFramework() {
    return view().bundles().framework();
  }

  @Override
  public VirtualBundle getBundle() {
    raw().getBundle(); // throws where the host does; Equinox answers after the end, too
    return bundle;
  }
}
