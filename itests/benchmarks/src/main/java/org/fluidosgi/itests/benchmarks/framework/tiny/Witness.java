package org.fluidosgi.itests.benchmarks.framework.tiny;

import java.util.Hashtable;
import java.util.function.Supplier;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/** The activator of a bundle that hands on the context that it was started with, to its own node only. */
public final class Witness implements BundleActivator {
  /** Property of its service. */
  public static final String MARK = "bench.witness";

  @Override
  public void start(BundleContext context) {
    Hashtable<String, Object> properties = new Hashtable<>();
    properties.put(MARK, true);
    properties.put("fluid.scope", "local");
    Supplier<BundleContext> given = () -> context;
    context.registerService(Supplier.class, given, properties);
  }

  @Override
  public void stop(BundleContext context) {}
}
