package org.fluidosgi.framework;

import org.osgi.annotation.versioning.ProviderType;
import org.osgi.framework.BundleContext;

/** The context that a virtual bundle's activator receives: bundles and services of the whole group.
 * Threads: as {@link BundleContext}. */
@ProviderType
public interface VirtualBundleContext extends BundleContext {
  /** The framework this context belongs to. */
  VirtualFramework getVirtualFramework();

  /** The virtual bundle this context belongs to. */
  @Override
  VirtualBundle getBundle();
}
