package org.fluidosgi.itests.conformance.internal;

import java.util.Hashtable;
import java.util.Map;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/** Offers {@code conformance:run location}: exercises this bundle's own context, with the bundle of that location as its counterpart. */
public final class Activator implements BundleActivator {
  @Override
  public void start(BundleContext context) {
    context.registerService(
        Command.class,
        new Command(context),
        new Hashtable<>(
            Map.of("osgi.command.scope", "conformance", "osgi.command.function", "run")));
  }

  @Override
  public void stop(BundleContext context) {}

  /** The shell's command. */
  public static final class Command {
    private final BundleContext context;

    Command(BundleContext context) {
      this.context = context;
    }

    /** A line for each row: {@code ok}, or {@code differs} and why. */
    public String run(String location) {
      return String.join("\n", new Suite(context, location).run());
    }
  }
}
