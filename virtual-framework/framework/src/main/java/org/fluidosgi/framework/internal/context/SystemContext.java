package org.fluidosgi.framework.internal.context;

import org.fluidosgi.topology.spi.Region;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;

/** The virtual system bundle's context: the bundles of the group, in the name of this node's system bundle. A virtual shell uses it.
 * Threads: as {@link BundleContext}. */
final class SystemContext extends ContextView {
  private final SystemBundleView bundle;

  SystemContext(SystemBundleView bundle, BundleContext raw) {
    super(bundle, raw);
    this.bundle = bundle;
  }

  @Override
  boolean seesOtherNodes() {
    return true;
  }

  /** As bundle hooks hide nothing from a host's (core 55.3.1), regions do not from this one. */
  @Override
  Region region() {
    return Region.NONE;
  }

  @Override
  public Bundle getBundle() {
    return bundle;
  }
}
