package org.fluidosgi.framework.internal;

import java.io.IOException;
import java.lang.System.Logger.Level;
import org.fluidosgi.channel.LocalNode;
import org.fluidosgi.framework.VirtualFramework;
import org.fluidosgi.framework.internal.group.NodeSession;
import org.fluidosgi.framework.internal.weave.Weaving;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.bundle.Capability;
import org.osgi.annotation.bundle.Header;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;
import org.osgi.util.tracker.ServiceTracker;

/** Opens the virtual framework when the node is there and closes it when the node goes. */
@Capability(
    namespace = "osgi.service",
    attribute = "objectClass:List<String>=\"org.fluidosgi.framework.VirtualFramework\"",
    uses = VirtualFramework.class,
    effective = "active")
@Header(name = Constants.BUNDLE_ACTIVATOR, value = "${@class}")
public final class Activator implements BundleActivator {
  private static final System.Logger LOG = System.getLogger("org.fluidosgi.framework");
  private @Nullable ServiceTracker<LocalNode, NodeSession> nodes;

  @Override
  public void start(BundleContext context) {
    nodes = new ServiceTracker<>(context, LocalNode.class, null) {
      @Override
      public @Nullable NodeSession addingService(ServiceReference<LocalNode> reference) {
        LocalNode node = context.getService(reference);
        try {
          return node == null ? null : NodeSession.open(context, node, Weaving::new);
        } catch (IOException | IllegalArgumentException | IllegalStateException e) {
          LOG.log(Level.ERROR, "no virtual framework: {0}", e.getMessage());
          context.ungetService(reference);
          return null;
        }
      }

      @Override
      public void removedService(ServiceReference<LocalNode> reference, NodeSession session) {
        session.close();
        context.ungetService(reference);
      }
    };
    nodes.open();
  }

  @Override
  public void stop(BundleContext context) {
    ServiceTracker<LocalNode, NodeSession> opened = nodes;
    nodes = null;
    if (opened != null) {
      opened.close();
    }
  }
}
