package org.fluidosgi.groupstore.internal;

import org.fluidosgi.channel.LocalNode;
import org.fluidosgi.channel.Registration;
import org.fluidosgi.channel.WhilePresent;
import org.fluidosgi.groupstore.GroupStore;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.bundle.Capability;
import org.osgi.annotation.bundle.Header;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/** Runs a group store while there is a local node. */
@Header(name = "Bundle-Activator", value = "${@class}")
@Capability(
    namespace = "osgi.service",
    attribute = "objectClass:List<String>=\"org.fluidosgi.groupstore.GroupStore\"",
    uses = GroupStore.class,
    effective = "active")
public final class Activator implements BundleActivator {
  private @Nullable Registration running;

  @Override
  public void start(BundleContext context) {
    running =
        WhilePresent.open(context, LocalNode.class, node -> new GroupStoreNode(context, node));
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
