package org.fluidosgi.itests.cluster.made;

import java.util.Hashtable;
import java.util.Map;
import org.fluidosgi.itests.cluster.made.api.Thing;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/** Registers something, then fails. */
public final class Throws implements BundleActivator {
  @Override
  public void start(BundleContext context) {
    context.registerService(Thing.class, () -> "half", new Hashtable<>(Map.of("thing", "half")));
    throw new IllegalStateException("no database\nat all");
  }

  @Override
  public void stop(BundleContext context) {}
}
