package org.fluidosgi.groupstore.internal;

import org.fluidosgi.channel.LocalNode;
import org.fluidosgi.groupstore.GroupStore;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.bundle.Capability;
import org.osgi.annotation.bundle.Header;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.util.tracker.ServiceTracker;

/** Runs a group store while there is a local node. */
@Header(name = "Bundle-Activator", value = "${@class}")
@Capability(
    namespace = "osgi.service",
    attribute = "objectClass:List<String>=\"org.fluidosgi.groupstore.GroupStore\"",
    uses = GroupStore.class,
    effective = "active")
public final class Activator implements BundleActivator {
  private @Nullable ServiceTracker<LocalNode, GroupStoreNode> tracker;

  @Override
  public void start(BundleContext context) {
    ServiceTracker<LocalNode, GroupStoreNode> toOpen =
        new ServiceTracker<>(context, LocalNode.class, null) {
          @Override
          public @Nullable GroupStoreNode addingService(ServiceReference<LocalNode> reference) {
            LocalNode local = context.getService(reference);
            return local == null ? null : new GroupStoreNode(context, local);
          }

          @Override
          public void modifiedService(ServiceReference<LocalNode> reference, GroupStoreNode node) {}

          @Override
          public void removedService(ServiceReference<LocalNode> reference, GroupStoreNode node) {
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
