package org.fluidosgi.itests.cluster.made;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.fluidosgi.itests.cluster.made.api.Thing;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;

/** After its stop, from a thread of its own, it goes on using its context, and writes what came of it to the file that its manifest names as
 * {@code Made-Report}. */
public final class Late implements BundleActivator {
  private ServiceRegistration<Thing> registration;

  @Override
  public void start(BundleContext context) {
    registration = context.registerService(Thing.class, () -> "early", null);
  }

  private interface Attempt {
    Object make() throws Exception;
  }

  @Override
  public void stop(BundleContext context) {
    Path report = Path.of(context.getBundle().getHeaders("").get("Made-Report"));
    Bundle bundle = context.getBundle();
    Thread late = new Thread(() -> goOn(context, bundle, report), "late");
    late.setDaemon(true);
    late.start();
  }

  private void goOn(BundleContext context, Bundle bundle, Path report) {
    while (bundle.getState() != Bundle.RESOLVED) {
      Thread.onSpinWait();
    }
    List<String> lines = new ArrayList<>();
    lines.add("register " + of(() -> context.registerService(Thing.class, () -> "late", null)));
    lines.add("listen "
        + of(() -> {
          context.addServiceListener(event -> {});
          return "";
        }));
    lines.add("look " + of(() -> context.getServiceReference(Thing.class)));
    lines.add("bundles " + of(context::getBundles));
    lines.add("change "
        + of(() -> {
          registration.setProperties(null);
          return "";
        }));
    try {
      Files.write(report, lines);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String of(Attempt attempt) {
    try {
      return "gave " + attempt.make();
    } catch (Exception e) {
      return e.getClass().getSimpleName();
    }
  }
}
