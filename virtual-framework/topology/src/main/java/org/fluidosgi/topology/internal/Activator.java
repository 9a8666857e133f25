package org.fluidosgi.topology.internal;

import org.jspecify.annotations.Nullable;
import org.osgi.annotation.bundle.Capability;
import org.osgi.annotation.bundle.Header;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/** Starts and stops the topology manager. */
@Header(name = "Bundle-Activator", value = "${@class}")
@Capability(
    namespace = "osgi.remoteserviceadmin.topology",
    version = "1.1.0",
    attribute = "policy:List<String>=\"promiscuous,interest,manual\"",
    uses = {org.osgi.service.remoteserviceadmin.RemoteServiceAdmin.class})
public final class Activator implements BundleActivator {
  private @Nullable TopologyManager manager;

  @Override
  public void start(BundleContext context) {
    TopologyManager starting = new TopologyManager(context, Options.read(context::getProperty));
    try {
      starting.start();
    } catch (RuntimeException | LinkageError e) {
      starting.close();
      throw e;
    }
    manager = starting;
  }

  @Override
  public void stop(BundleContext context) {
    TopologyManager stopping = manager;
    manager = null;
    if (stopping != null) {
      stopping.close();
    }
  }
}
