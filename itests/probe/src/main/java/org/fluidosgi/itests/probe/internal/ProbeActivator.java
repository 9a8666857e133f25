package org.fluidosgi.itests.probe.internal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Hashtable;
import org.fluidosgi.itests.probe.api.Greeting;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.bundle.Header;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;
import org.osgi.util.tracker.ServiceTracker;

/** Registers the commands; for frameworks without a shell, {@code probe.role=provider} registers a greeting at once, and
 * {@code probe.result=<file>} has what a found greeting answers, and later that it went, written to that file. */
@Header(name = Constants.BUNDLE_ACTIVATOR, value = "${@class}")
public final class ProbeActivator implements BundleActivator {
  private @Nullable Commands commands;
  private @Nullable ServiceTracker<Greeting, Greeting> tracker;

  @Override
  public void start(BundleContext context) {
    Commands created = new Commands(context);
    commands = created;
    Hashtable<String, Object> properties = new Hashtable<>();
    properties.put("osgi.command.scope", "probe");
    properties.put("osgi.command.function", new String[] {
      "register",
      "many",
      "watch",
      "seen",
      "events",
      "nodes",
      "modify",
      "unregister",
      "find",
      "count",
      "hold",
      "give",
      "take",
      "vitals",
      "threads"
    });
    context.registerService(Commands.class, created, properties);
    if ("provider".equals(context.getProperty("probe.role"))) {
      created.register("provider");
    }
    String result = context.getProperty("probe.result");
    if (result != null) {
      tracker = tracker(context, Path.of(result));
      tracker.open();
    }
  }

  @Override
  public void stop(BundleContext context) {
    if (tracker != null) {
      tracker.close();
    }
    if (commands != null) {
      commands.close();
    }
  }

  private static ServiceTracker<Greeting, Greeting> tracker(BundleContext context, Path result) {
    return new ServiceTracker<>(context, Greeting.class, null) {
      @Override
      public Greeting addingService(ServiceReference<Greeting> reference) {
        Greeting greeting = super.addingService(reference);
        write(result, greeting.greet("probe"));
        return greeting;
      }

      @Override
      public void removedService(ServiceReference<Greeting> reference, Greeting service) {
        write(result, "gone");
        super.removedService(reference, service);
      }
    };
  }

  private static void write(Path result, String text) {
    try {
      Path draft = result.resolveSibling(result.getFileName() + ".draft");
      Files.writeString(draft, text);
      Files.move(draft, result, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
