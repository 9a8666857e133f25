package org.fluidosgi.framework.weave;

import org.osgi.annotation.versioning.ProviderType;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;

/** The running virtual framework as {@link WovenCalls} finds it. A service of this bundle only.
 * Threads: any; never blocks. */
@ProviderType
public interface WovenBridge {
  /** Whether the virtual framework still runs. A closed bridge only gives the virtual contexts that it gave before. */
  boolean isOpen();

  /** The virtual context of a virtual bundle's own host context, else the argument. */
  BundleContext wrap(BundleContext context);

  /** How virtual bundles see that host bundle: as a virtual one, as the virtual system bundle, or as it is. */
  Bundle virtual(Bundle host);
}
