package org.fluidosgi.registry.internal;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import org.fluidosgi.channel.LocalNode;
import org.fluidosgi.registry.Membership;
import org.fluidosgi.registry.RegistryStore;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.bundle.Capability;
import org.osgi.annotation.bundle.Header;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.util.tracker.ServiceTracker;

/** Runs a registry while there is a local node. */
@Header(name = "Bundle-Activator", value = "${@class}")
@Capability(
    namespace = "osgi.service",
    attribute = "objectClass:List<String>=\"org.fluidosgi.registry.RegistryStore\"",
    uses = RegistryStore.class,
    effective = "active")
@Capability(
    namespace = "osgi.service",
    attribute = "objectClass:List<String>=\"org.fluidosgi.registry.Membership\"",
    uses = Membership.class,
    effective = "active")
public final class Activator implements BundleActivator {
  private static final Logger LOG = System.getLogger("org.fluidosgi.registry");
  private @Nullable ServiceTracker<LocalNode, RegistryNode> tracker;

  @Override
  public void start(BundleContext context) {
    ServiceTracker<LocalNode, RegistryNode> toOpen =
        new ServiceTracker<>(context, LocalNode.class, null) {
          @Override
          public @Nullable RegistryNode addingService(ServiceReference<LocalNode> reference) {
            LocalNode local = context.getService(reference);
            if (local == null) {
              return null;
            }
            try {
              return new RegistryNode(context, local);
            } catch (IllegalArgumentException e) {
              LOG.log(Level.ERROR, local.info().name() + ": no registry: " + e.getMessage());
              context.ungetService(reference);
              return null;
            }
          }

          @Override
          public void modifiedService(ServiceReference<LocalNode> reference, RegistryNode node) {}

          @Override
          public void removedService(ServiceReference<LocalNode> reference, RegistryNode node) {
            node.close();
            context.ungetService(reference);
          }
        };
    tracker = toOpen;
    toOpen.open();
  }

  @Override
  public void stop(BundleContext context) {
    if (tracker != null) {
      tracker.close();
      tracker = null;
    }
  }
}
