package org.fluidosgi.clusterinfo.internal;

import org.fluidosgi.channel.LocalNode;
import org.fluidosgi.channel.Registration;
import org.fluidosgi.channel.WhilePresent;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.bundle.Capability;
import org.osgi.annotation.bundle.Header;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.service.clusterinfo.FrameworkNodeStatus;

/** While the local node is there, its status is a service. */
@Header(name = Constants.BUNDLE_ACTIVATOR, value = "${@class}")
@Capability(
    namespace = "osgi.service",
    effective = "active",
    attribute = "objectClass:List<String>=\"org.osgi.service.clusterinfo.FrameworkNodeStatus,"
        + "org.osgi.service.clusterinfo.NodeStatus\"",
    uses = FrameworkNodeStatus.class)
public final class Activator implements BundleActivator {
  private @Nullable Registration running;

  @Override
  public void start(BundleContext context) {
    running =
        WhilePresent.open(context, LocalNode.class, node -> NodeStatusService.open(context, node));
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
