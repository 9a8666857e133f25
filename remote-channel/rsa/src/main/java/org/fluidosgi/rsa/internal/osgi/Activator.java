package org.fluidosgi.rsa.internal.osgi;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import org.fluidosgi.channel.ChannelMultiplexer;
import org.fluidosgi.channel.LocalNode;
import org.fluidosgi.channel.Registration;
import org.fluidosgi.channel.WhilePresent;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.bundle.Header;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/** Runs the provider while node and channel are both there. Threads: the framework's; guarded by itself, never held while
 * calling out. */
@Header(name = "Bundle-Activator", value = "${@class}")
public final class Activator implements BundleActivator {
  private static final Logger LOG = System.getLogger("org.fluidosgi.rsa");

  private @Nullable Registration running;

  /** For the framework. */
  public Activator() {}

  @Override
  public void start(BundleContext context) {
    running = WhilePresent.open(
        context,
        LocalNode.class,
        node -> WhilePresent.open(
            context, ChannelMultiplexer.class, multiplexer -> run(context, node, multiplexer)));
  }

  private static @Nullable Registration run(
      BundleContext context, LocalNode node, ChannelMultiplexer multiplexer) {
    try {
      return new RunningNode(context, node, multiplexer);
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "remote services cannot run: " + e.getMessage(), e);
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
