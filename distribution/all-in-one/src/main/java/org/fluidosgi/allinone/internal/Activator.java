package org.fluidosgi.allinone.internal;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.osgi.annotation.bundle.Header;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;

/** Starts the modules in this bundle from the bottom of the house upward and stops them in reverse.
 * By name, since a module's activator is private to it. Threads: the framework's, one at a time. */
@Header(name = "Bundle-Activator", value = "${@class}")
public final class Activator implements BundleActivator {
  private static final List<String> MODULES = List.of(
      "org.fluidosgi.channel.internal.Activator",
      "org.fluidosgi.rsa.internal.osgi.Activator",
      "org.fluidosgi.registry.internal.Activator",
      "org.fluidosgi.jgroups.internal.Activator",
      "org.fluidosgi.groupstore.internal.Activator",
      "org.fluidosgi.discovery.internal.Activator",
      "org.fluidosgi.clusterinfo.internal.Activator",
      "org.fluidosgi.topology.internal.Activator",
      "org.fluidosgi.framework.internal.Activator",
      "org.fluidosgi.shell.internal.Activator");

  private final Deque<BundleActivator> started = new ArrayDeque<>();

  @Override
  public void start(BundleContext context) throws Exception {
    try {
      for (String module : MODULES) {
        BundleActivator activator =
            (BundleActivator) Class.forName(module).getDeclaredConstructor().newInstance();
        activator.start(context);
        started.push(activator);
      }
    } catch (Exception e) {
      stopStarted(context, e);
      throw e;
    }
  }

  @Override
  public void stop(BundleContext context) throws BundleException {
    BundleException failure = new BundleException("a module did not stop cleanly");
    stopStarted(context, failure);
    if (failure.getSuppressed().length > 0) {
      throw failure;
    }
  }

  /** Stops all of them, also after one has failed to. */
  private void stopStarted(BundleContext context, Exception failure) {
    while (!started.isEmpty()) {
      try {
        started.pop().stop(context);
      } catch (Exception e) {
        failure.addSuppressed(e);
      }
    }
  }
}
