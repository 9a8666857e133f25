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
    register(context, new StoreCommands(context), "store", "get", "cas");
    register(context, new StepCommands(context), "steps", "stopAt", "host");
  }

  private static void register(
      BundleContext context, Object commands, String scope, String... functions) {
    Hashtable<String, Object> properties = new Hashtable<>();
    properties.put("osgi.command.scope", scope);
    properties.put("osgi.command.function", functions);
    context.registerService(commands.getClass().getName(), commands, properties);
  }

  @Override
  public void stop(BundleContext context) {
    // The framework takes the commands back.
  }
}
