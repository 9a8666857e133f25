package org.fluidosgi.registry.internal;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import org.fluidosgi.channel.LocalNode;
import org.fluidosgi.channel.Registration;
import org.fluidosgi.channel.WhilePresent;
import org.fluidosgi.registry.Membership;
import org.fluidosgi.registry.RegistryStore;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.bundle.Capability;
import org.osgi.annotation.bundle.Header;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

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

  private @Nullable Registration running;

  @Override
  public void start(BundleContext context) {
    running = WhilePresent.open(context, LocalNode.class, node -> open(context, node));
  }

  private static @Nullable Registration open(BundleContext context, LocalNode node) {
    try {
      return new RegistryNode(context, node);
    } catch (IllegalArgumentException e) {
      LOG.log(Level.ERROR, node.info().name() + ": no registry: " + e.getMessage());
      return null;
    }
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
