package org.fluidosgi.discovery.internal;

import org.fluidosgi.channel.LocalNode;
import org.fluidosgi.registry.RegistryStore;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.bundle.Capability;
import org.osgi.annotation.bundle.Header;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;
import org.osgi.service.remoteserviceadmin.EndpointDescription;
import org.osgi.util.tracker.ServiceTracker;
import org.osgi.util.tracker.ServiceTrackerCustomizer;

/** Runs discovery while the local node and the registry's store are there. */
@Header(name = Constants.BUNDLE_ACTIVATOR, value = "${@class}")
@Capability(
    namespace = "osgi.remoteserviceadmin.discovery",
    version = "1.1.0",
    attribute = "protocols:List<String>=\"fluid.registry\"",
    uses = EndpointDescription.class)
@Capability(
    namespace = "osgi.service",
    effective = "active",
    attribute =
        "objectClass:List<String>=\"org.osgi.service.remoteserviceadmin.EndpointEventListener,"
            + "org.osgi.service.remoteserviceadmin.EndpointListener\"",
    uses = EndpointDescription.class)
public final class Activator implements BundleActivator {
  private @Nullable ServiceTracker<LocalNode, ?> nodes;

  @Override
  public void start(BundleContext context) {
    ServiceTracker<LocalNode, ?> tracker =
        new ServiceTracker<>(context, LocalNode.class, new OnNode(context));
    nodes = tracker;
    tracker.open();
  }

  @Override
  public void stop(BundleContext context) {
    ServiceTracker<LocalNode, ?> tracker = nodes;
    nodes = null;
    if (tracker != null) {
      tracker.close();
    }
  }

  private record OnNode(BundleContext context)
      implements ServiceTrackerCustomizer<LocalNode, ServiceTracker<RegistryStore, Discovery>> {
    @Override
    public @Nullable ServiceTracker<RegistryStore, Discovery> addingService(
        ServiceReference<LocalNode> reference) {
      LocalNode node = context.getService(reference);
      if (node == null) {
        return null;
      }
      ServiceTracker<RegistryStore, Discovery> tracker =
          new ServiceTracker<>(context, RegistryStore.class, new OnStore(context, node));
      tracker.open();
      return tracker;
    }

    @Override
    public void modifiedService(
        ServiceReference<LocalNode> reference, ServiceTracker<RegistryStore, Discovery> tracker) {}

    @Override
    public void removedService(
        ServiceReference<LocalNode> reference, ServiceTracker<RegistryStore, Discovery> tracker) {
      tracker.close();
      context.ungetService(reference);
    }
  }

  private record OnStore(BundleContext context, LocalNode node)
      implements ServiceTrackerCustomizer<RegistryStore, Discovery> {
    @Override
    public @Nullable Discovery addingService(ServiceReference<RegistryStore> reference) {
      RegistryStore store = context.getService(reference);
      return store == null ? null : new Discovery(context, node, store);
    }

    @Override
    public void modifiedService(ServiceReference<RegistryStore> reference, Discovery discovery) {}

    @Override
    public void removedService(ServiceReference<RegistryStore> reference, Discovery discovery) {
      discovery.close();
      context.ungetService(reference);
    }
  }
}
