package org.fluidosgi.itests.benchmarks;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Hashtable;
import org.fluidosgi.itests.benchmarks.api.EchoService;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.bundle.Header;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;
import org.osgi.util.tracker.ServiceTracker;

/** The workload inside a framework: {@code bench.role=server} registers the service for export, {@code bench.role=client} fetches it
 * from the registry like any bundle and runs the workload on it. */
@Header(name = Constants.BUNDLE_ACTIVATOR, value = "${@class}")
public final class BenchActivator implements BundleActivator {
  private @Nullable ServiceTracker<EchoService, EchoService> tracker;

  @Override
  public void start(BundleContext context) {
    String role = String.valueOf(context.getProperty("bench.role"));
    if (role.equals("server")) {
      Hashtable<String, Object> properties = new Hashtable<>();
      properties.put("service.exported.interfaces", "*");
      properties.put("fluid.rsa.inline", Boolean.getBoolean("bench.inline"));
      context.registerService(EchoService.class, new Echo(), properties);
    } else if (role.equals("client")) {
      tracker = new ServiceTracker<>(context, EchoService.class, null) {
        @Override
        public EchoService addingService(ServiceReference<EchoService> reference) {
          EchoService service = super.addingService(reference);
          Thread thread = new Thread(() -> runInto(service), "bench-workload");
          thread.setDaemon(true);
          thread.start();
          return service;
        }
      };
      tracker.open();
    }
  }

  @Override
  public void stop(BundleContext context) {
    if (tracker != null) {
      tracker.close();
    }
  }

  private static void runInto(EchoService service) {
    try (PrintWriter out =
        new PrintWriter(System.getProperty("bench.out"), StandardCharsets.UTF_8)) {
      try {
        new Workload(
                System.getProperty("bench.peer"),
                service,
                Double.parseDouble(System.getProperty("bench.scale")),
                Long.parseLong(System.getProperty("bench.server.pid")),
                row -> print(out, row))
            .run();
        out.println(Bench.DONE);
      } catch (InterruptedException | RuntimeException e) {
        out.println(Bench.FAILED + e);
      }
    } catch (IOException e) {
      System.err.println("cannot write " + System.getProperty("bench.out") + ": " + e);
    }
  }

  private static void print(PrintWriter out, Row row) {
    out.println(row.line());
    out.flush();
  }
}
