package org.fluidosgi.jgroups.internal;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Dictionary;
import java.util.Hashtable;
import org.fluidosgi.channel.ChannelMultiplexer;
import org.fluidosgi.channel.LocalNode;
import org.fluidosgi.channel.Registration;
import org.fluidosgi.channel.WhilePresent;
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
import org.osgi.framework.ServiceRegistration;

/** Registers the engine while the local node and its channels are there. The registry starts it. */
@Header(name = Constants.BUNDLE_ACTIVATOR, value = "${@class}")
@Capability(
    namespace = "osgi.service",
    effective = "active",
    attribute = "objectClass:List<String>=\"org.fluidosgi.registry.spi.ClusterEngine\"",
    uses = ClusterEngine.class)
public final class Activator implements BundleActivator {
  private static final int RANKING = 100;
  private static final Logger LOG = System.getLogger("org.fluidosgi.jgroups");

  private @Nullable Registration running;

  @Override
  public void start(BundleContext context) {
    running = WhilePresent.open(
        context,
        LocalNode.class,
        node -> isWanted(node)
            ? WhilePresent.open(
                context,
                ChannelMultiplexer.class,
                multiplexer -> register(context, new Engines(node, multiplexer)))
            : null);
  }

  @Override
  public void stop(BundleContext context) {
    Registration toClose = running;
    running = null;
    if (toClose != null) {
      toClose.close();
    }
  }

  private static boolean isWanted(LocalNode node) {
    String engine = node.settings().text("fluid.engine", "jgroups");
    if (!engine.equals("jgroups") && !engine.equals("local")) {
      LOG.log(
          Level.ERROR,
          "{0}: fluid.engine={1}: expected jgroups or local; this node stays alone",
          node.info().name(),
          engine);
    }
    return engine.equals("jgroups");
  }

  private static @Nullable Registration register(BundleContext context, Engines engines) {
    try {
      JGroupsEngine.check(engines.node().settings());
    } catch (IllegalArgumentException e) {
      LOG.log(
          Level.ERROR,
          "{0}: no cluster engine, this node stays alone: {1}",
          engines.node().info().name(),
          e.getMessage());
      return null;
    }
    Dictionary<String, Object> properties = new Hashtable<>();
    properties.put(Constants.SERVICE_RANKING, RANKING);
    properties.put("fluid.engine", "jgroups");
    return context.registerService(ClusterEngine.class, engines, properties)::unregister;
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
}
