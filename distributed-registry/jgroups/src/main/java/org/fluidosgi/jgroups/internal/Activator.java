package org.fluidosgi.jgroups.internal;

import java.util.Dictionary;
import java.util.Hashtable;
import org.fluidosgi.channel.ChannelMultiplexer;
import org.fluidosgi.channel.LocalNode;
import org.fluidosgi.jgroups.internal.jgroups.JGroupsEngine;
import org.fluidosgi.registry.spi.ClusterEngine;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.bundle.Capability;
import org.osgi.annotation.bundle.Header;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceFactory;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;
import org.osgi.util.tracker.ServiceTracker;
import org.osgi.util.tracker.ServiceTrackerCustomizer;

/** Registers the engine while the local node and its channels are there. The registry starts it. */
@Header(name = Constants.BUNDLE_ACTIVATOR, value = "${@class}")
@Capability(
    namespace = "osgi.service",
    effective = "active",
    attribute = "objectClass:List<String>=\"org.fluidosgi.registry.spi.ClusterEngine\"",
    uses = ClusterEngine.class)
public final class Activator implements BundleActivator {
  private static final int RANKING = 100;
  private static final System.Logger LOG = System.getLogger("org.fluidosgi.jgroups");

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

  /** Each bundle that takes the service gets an engine of its own, closed when the bundle lets go: the registry may be
   * restarted without us. */
  private record Engines(LocalNode node, ChannelMultiplexer multiplexer)
      implements ServiceFactory<ClusterEngine> {
    @Override
    public ClusterEngine getService(Bundle user, ServiceRegistration<ClusterEngine> service) {
      return new JGroupsEngine(node, multiplexer);
    }

    @Override
    public void ungetService(
        Bundle user, ServiceRegistration<ClusterEngine> service, ClusterEngine engine) {
      engine.close();
    }
  }

  private record OnNode(BundleContext context)
      implements ServiceTrackerCustomizer<LocalNode, ServiceTracker<ChannelMultiplexer, ?>> {
    @Override
    public @Nullable ServiceTracker<ChannelMultiplexer, ?> addingService(
        ServiceReference<LocalNode> reference) {
      LocalNode node = context.getService(reference);
      if (node == null) {
        return null;
      }
      if (!isWanted(node)) {
        context.ungetService(reference);
        return null;
      }
      ServiceTracker<ChannelMultiplexer, ?> tracker =
          new ServiceTracker<>(context, ChannelMultiplexer.class, new OnMultiplexer(context, node));
      tracker.open();
      return tracker;
    }

    private static boolean isWanted(LocalNode node) {
      String engine = node.settings().text("fluid.engine", "jgroups");
      if (!engine.equals("jgroups") && !engine.equals("local")) {
        LOG.log(
            System.Logger.Level.ERROR,
            "{0}: fluid.engine={1}: expected jgroups or local; this node stays alone",
            node.info().name(),
            engine);
      }
      return engine.equals("jgroups");
    }

    @Override
    public void modifiedService(
        ServiceReference<LocalNode> reference, ServiceTracker<ChannelMultiplexer, ?> t) {}

    @Override
    public void removedService(
        ServiceReference<LocalNode> reference, ServiceTracker<ChannelMultiplexer, ?> tracker) {
      tracker.close();
      context.ungetService(reference);
    }
  }

  private record OnMultiplexer(BundleContext context, LocalNode node)
      implements ServiceTrackerCustomizer<ChannelMultiplexer, ServiceRegistration<ClusterEngine>> {
    @Override
    public @Nullable ServiceRegistration<ClusterEngine> addingService(
        ServiceReference<ChannelMultiplexer> reference) {
      ChannelMultiplexer multiplexer = context.getService(reference);
      if (multiplexer == null) {
        return null;
      }
      try {
        JGroupsEngine.check(node.settings());
      } catch (IllegalArgumentException e) {
        LOG.log(
            System.Logger.Level.ERROR,
            "{0}: no cluster engine, this node stays alone: {1}",
            node.info().name(),
            e.getMessage());
        context.ungetService(reference);
        return null;
      }
      Dictionary<String, Object> properties = new Hashtable<>();
      properties.put(Constants.SERVICE_RANKING, RANKING);
      properties.put("fluid.engine", "jgroups");
      return context.registerService(
          ClusterEngine.class, new Engines(node, multiplexer), properties);
    }

    @Override
    public void modifiedService(
        ServiceReference<ChannelMultiplexer> reference,
        ServiceRegistration<ClusterEngine> service) {}

    @Override
    public void removedService(
        ServiceReference<ChannelMultiplexer> reference,
        ServiceRegistration<ClusterEngine> service) {
      service.unregister();
      context.ungetService(reference);
    }
  }
}
