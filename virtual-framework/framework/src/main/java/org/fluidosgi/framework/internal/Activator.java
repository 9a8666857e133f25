package org.fluidosgi.framework.internal;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import org.fluidosgi.channel.LocalNode;
import org.fluidosgi.channel.Registration;
import org.fluidosgi.channel.WhilePresent;
import org.fluidosgi.framework.VirtualFramework;
import org.fluidosgi.framework.internal.group.NodeSession;
import org.fluidosgi.framework.internal.weave.Weaving;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.bundle.Capability;
import org.osgi.annotation.bundle.Header;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;

/** Opens the virtual framework when the node is there and closes it when the node goes. */
@Capability(
    namespace = "osgi.service",
    attribute = "objectClass:List<String>=\"org.fluidosgi.framework.VirtualFramework\"",
    uses = VirtualFramework.class,
    effective = "active")
@Header(name = Constants.BUNDLE_ACTIVATOR, value = "${@class}")
public final class Activator implements BundleActivator {
  private static final Logger LOG = System.getLogger("org.fluidosgi.framework");

  private @Nullable Registration running;

  @Override
  public void start(BundleContext context) {
    running = WhilePresent.open(context, LocalNode.class, node -> open(context, node));
  }

  private static @Nullable Registration open(BundleContext context, LocalNode node) {
    try {
      return NodeSession.open(context, node, Weaving::new);
    } catch (IOException | IllegalArgumentException | IllegalStateException e) {
      LOG.log(Level.ERROR, "no virtual framework: {0}", e.getMessage());
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
