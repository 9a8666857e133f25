package org.fluidosgi.framework;

import java.io.InputStream;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ProviderType;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;

/** The context that a virtual bundle's activator receives: bundles and services of the whole group, or of its node's region of it.
 * Threads: as {@link BundleContext}. */
@ProviderType
public interface VirtualBundleContext extends BundleContext {
  /** The framework this context belongs to. */
  VirtualFramework getVirtualFramework();

  /** Installs the bundle on a node that is chosen: {@code where} names one as {@link VirtualFramework#node} takes it, or is a filter in
   * parentheses on the nodes of the region as {@link VirtualFramework#place} takes it; null takes the best of them all. Reads the stream where
   * one is given, else the location, and closes the stream. A location that is installed on such a node already returns that bundle.
   * Errors: as there, and IllegalStateException once the bundle is stopped. */
  VirtualBundle installBundle(
      String location, @Nullable InputStream content, @Nullable String where)
      throws BundleException;

  /** The virtual bundle this context belongs to. */
  @Override
  VirtualBundle getBundle();
}
