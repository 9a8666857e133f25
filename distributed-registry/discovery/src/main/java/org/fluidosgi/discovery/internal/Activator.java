package org.fluidosgi.discovery.internal;

import org.fluidosgi.channel.LocalNode;
import org.fluidosgi.channel.Registration;
import org.fluidosgi.channel.WhilePresent;
import org.fluidosgi.registry.RegistryStore;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.bundle.Capability;
import org.osgi.annotation.bundle.Header;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.service.remoteserviceadmin.EndpointDescription;

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
  private @Nullable Registration running;

  @Override
  public void start(BundleContext context) {
    running = WhilePresent.open(
        context,
        LocalNode.class,
        node -> WhilePresent.open(
            context, RegistryStore.class, store -> new Discovery(context, node, store)));
  }

  @Override
  public void stop(BundleContext context) {
    Registration toClose = running;
    running = null;
    if (toClose != null) {
      toClose.close();
    }
  }
}
