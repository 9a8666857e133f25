package org.fluidosgi.framework.internal.context;

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

  @Override
  public Bundle getBundle() {
    return bundle;
  }
}
