package org.fluidosgi.framework.internal;

import java.util.List;
import org.fluidosgi.channel.Registration;
import org.fluidosgi.framework.VirtualBundle;
import org.fluidosgi.framework.VirtualBundleContext;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.ServiceReference;

/** The woven half: wraps host bundles and gives their contexts. Closing takes every hook back.
 * Threads: any; never blocks. */
public interface VirtualContexts extends Registration {
  /** The virtual bundle in front of that host bundle. Called once per host bundle, and again after a re-numbering. Equality: by
   * {@link VirtualBundle#getBundleId}, with any other VirtualBundle. */
  VirtualBundle wrap(Bundle host, LocalControl control);

  /** The virtual context of that host bundle; the same one for the same host context.
   * Errors: IllegalStateException when the bundle is no virtual one or has no context. */
  VirtualBundleContext contextOf(Bundle host);

  /** A context that acts here in the name of that bundle of another node, until it is closed. */
  ContextElsewhere contextOf(VirtualBundle elsewhere);

  /** The context of the virtual system bundle.
   * Errors: IllegalStateException while the host has none. */
  BundleContext systemContext();

  /** What virtual bundles see of this host's services that match a filter on ids of the group; null when none does. */
  ServiceReference<?> @Nullable [] services(String filter);

  /** The virtual bundles of this node that use the service of that id in the group. */
  List<VirtualBundle> users(long serviceId);

  /** Tells the bundle listeners of all virtual contexts that the group knows a new bundle of this node now; those that are not synchronous hear of it
   * later. The host told of its installation before that was decided. May block as long as the synchronous ones do. */
  void installed(VirtualBundle bundle);

  /** Tells the bundle listeners of all virtual contexts what became of a bundle of another node. May block as long as they do. */
  void tell(BundleEvent event);
}
