package org.fluidosgi.groupstore.internal;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import org.fluidosgi.channel.ChannelMultiplexer;
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
  static final String STORE = "fluid.group.store";

  private static final Logger LOG = System.getLogger("org.fluidosgi.groupstore");

  private @Nullable Registration running;

  @Override
  public void start(BundleContext context) {
    running = WhilePresent.open(context, LocalNode.class, node -> open(context, node));
  }

  private static @Nullable Registration open(BundleContext context, LocalNode node) {
    Path folder = GroupStoreNode.folder(node);
    String kind = node.settings().text(STORE, "agreed");
    if (kind.equals("file")) {
      return new GroupStoreNode(context, node, new FileKind(node, folder));
    } else if (kind.equals("agreed")) {
      return WhilePresent.open(
          context, ChannelMultiplexer.class, multiplexer -> agreed(context, node, multiplexer));
    }
    LOG.log(
        Level.ERROR,
        "{0}: no group store: {1}={2}: expected file or agreed",
        node.info().name(),
        STORE,
        kind);
    return null;
  }

  private static @Nullable Registration agreed(
      BundleContext context, LocalNode node, ChannelMultiplexer multiplexer) {
    try {
      Path folder = GroupStoreNode.folder(node);
      return new GroupStoreNode(context, node, new AgreedKind(context, node, multiplexer, folder));
    } catch (IllegalArgumentException e) {
      LOG.log(Level.ERROR, "{0}: no group store: {1}", node.info().name(), e.getMessage());
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
