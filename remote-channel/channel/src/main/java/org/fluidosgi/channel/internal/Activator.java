package org.fluidosgi.channel.internal;

import java.io.File;
import java.nio.file.Path;
import java.util.UUID;
import org.fluidosgi.channel.ChannelMultiplexer;
import org.fluidosgi.channel.LocalNode;
import org.fluidosgi.channel.Settings;
import org.fluidosgi.channel.StandaloneNode;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.bundle.Capability;
import org.osgi.annotation.bundle.Header;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceRegistration;

/** Opens the node and registers it. */
@Header(name = Constants.BUNDLE_ACTIVATOR, value = "${@class}")
@Capability(
    namespace = "osgi.service",
    attribute = {"objectClass:List<String>=\"org.fluidosgi.channel.LocalNode\""})
@Capability(
    namespace = "osgi.service",
    attribute = {"objectClass:List<String>=\"org.fluidosgi.channel.ChannelMultiplexer\""})
public final class Activator implements BundleActivator {
  private @Nullable StandaloneNode node;
  private @Nullable ServiceRegistration<LocalNode> localNode;
  private @Nullable ServiceRegistration<ChannelMultiplexer> multiplexer;

  @Override
  public void start(BundleContext context) throws BundleException {
    Settings settings = new Settings(context::getProperty);
    Path directory = directoryIfUnset(context);
    String framework = context.getProperty(Constants.FRAMEWORK_UUID);
    StandaloneNode opened;
    try {
      opened = StandaloneNode.open(
          settings, directory, framework == null ? UUID.randomUUID() : UUID.fromString(framework));
    } catch (IllegalArgumentException | IllegalStateException e) {
      throw new BundleException(
          "Fluid OSGi node cannot start: " + e.getMessage(), BundleException.ACTIVATOR_ERROR, e);
    }
    node = opened;
    try {
      localNode = context.registerService(LocalNode.class, opened.localNode(), null);
      multiplexer = context.registerService(ChannelMultiplexer.class, opened.multiplexer(), null);
    } catch (RuntimeException e) {
      stop(context); // a bundle that failed to start is not stopped by the framework
      throw e;
    }
  }

  /** In Karaf below its data folder, as it is there for what features keep: the bundle's storage area would go with
   * {@code feature:uninstall}, and the node with it. */
  private static @Nullable Path directoryIfUnset(BundleContext context) {
    String karaf = context.getProperty("karaf.data");
    if (karaf != null) {
      return Path.of(karaf, "fluid", "node");
    }
    File storage = context.getDataFile("node");
    return storage == null ? null : storage.toPath();
  }

  @Override
  public void stop(BundleContext context) {
    if (multiplexer != null) {
      multiplexer.unregister();
      multiplexer = null;
    }
    if (localNode != null) {
      localNode.unregister();
      localNode = null;
    }
    if (node != null) {
      node.close();
      node = null;
    }
  }
}
