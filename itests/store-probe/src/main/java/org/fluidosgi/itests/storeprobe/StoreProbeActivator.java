package org.fluidosgi.itests.storeprobe;

import java.util.Hashtable;
import org.osgi.annotation.bundle.Header;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;

/** Registers the commands. */
@Header(name = Constants.BUNDLE_ACTIVATOR, value = "${@class}")
public final class StoreProbeActivator implements BundleActivator {
  @Override
  public void start(BundleContext context) {
    Hashtable<String, Object> properties = new Hashtable<>();
    properties.put("osgi.command.scope", "store");
    properties.put("osgi.command.function", new String[] {"get", "cas"});
    context.registerService(StoreCommands.class, new StoreCommands(context), properties);
  }

  @Override
  public void stop(BundleContext context) {
    // The framework takes the commands back.
  }
}
