package org.fluidosgi.itests.benchmarks.registry;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Hashtable;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.fluidosgi.itests.benchmarks.figures.Figure;
import org.fluidosgi.itests.benchmarks.figures.Heap;
import org.osgi.framework.ServiceEvent;
import org.osgi.framework.ServiceListener;
import org.osgi.framework.ServiceRegistration;

/** Two frameworks with the whole product, joined over loopback: how long from a service's registration in one to the
 * {@code ServiceEvent} of its import in the other, and what the other's heap grows by with each import. */
final class EndpointRun {
  private static final int ENDPOINTS = 5_000;
  private static final int REJOINS = 3;
  private static final int EVENTS = 1_000;
  private static final int WARM_UP = 500;
  private static final long LONGEST_SECONDS = 120;
  private static final String SERVICE = "org.fluidosgi.itests.benchmarks.api.EchoService";

  private final double scale;
  private final Path work;
  private final Child.Out out;

  EndpointRun(double scale, Path work, Child.Out out) {
    this.scale = scale;
    this.work = work;
    this.out = out;
  }

  /** What the importing side hears. */
  private static final class Imports implements ServiceListener {
    final Semaphore registered = new Semaphore(0);
    final Semaphore unregistered = new Semaphore(0);
    volatile long nanos;

    @Override
    public void serviceChanged(ServiceEvent event) {
      if (event.getType() == ServiceEvent.REGISTERED) {
        nanos = System.nanoTime();
        registered.release();
      } else if (event.getType() == ServiceEvent.UNREGISTERING) {
        unregistered.release();
      }
    }
  }

  void run() throws Exception {
    int port = freePort();
    try (ProductNode owner = new ProductNode("b", work, port, 0);
        ProductNode importer = new ProductNode("a", work, 0, port)) {
      owner.join();
      importer.join();
      Imports imports = new Imports();
      importer
          .context()
          .addServiceListener(imports, "(&(objectClass=" + SERVICE + ")(service.imported=*))");
      Object echo = owner.echo();
      events(owner, echo, imports, (int) (WARM_UP * scale));
      Histogram nanos = events(owner, echo, imports, (int) (EVENTS * scale));
      figure("registered on B, ServiceEvent on A", "p50 us", nanos.getValueAtPercentile(50) / 1e3);
      figure("registered on B, ServiceEvent on A", "p99 us", nanos.getValueAtPercentile(99) / 1e3);
      heap(owner, importer, echo, imports);
    }
  }

  /** One service after the other, registered and unregistered. */
  private Histogram events(ProductNode owner, Object echo, Imports imports, int count)
      throws InterruptedException {
    Histogram nanos = new Histogram(3);
    for (int i = 0; i < count; i++) {
      long began = System.nanoTime();
      ServiceRegistration<?> service = register(owner, echo, i);
      await(imports.registered, 1);
      nanos.recordValue(imports.nanos - began);
      service.unregister();
      await(imports.unregistered, 1);
    }
    return nanos;
  }

  /** Joined once before, so that only what the endpoints take is new. */
  private void heap(ProductNode owner, ProductNode importer, Object echo, Imports imports)
      throws Exception {
    List<ServiceRegistration<?>> services = new ArrayList<>();
    for (int i = 0; i < ENDPOINTS; i++) {
      services.add(register(owner, echo, i));
    }
    await(imports.registered, ENDPOINTS);
    long[] grown = new long[REJOINS];
    for (int i = 0; i < REJOINS; i++) {
      importer.leave();
      await(imports.unregistered, ENDPOINTS);
      owner.awaitEndpoints(ENDPOINTS);
      long alone = Heap.used();
      importer.join();
      await(imports.registered, ENDPOINTS);
      importer.awaitEndpoints(ENDPOINTS);
      grown[i] = Heap.used() - alone;
    }
    Arrays.sort(grown); // the rest of a connection comes and goes with it
    figure(
        "heap per imported endpoint, its record included, of 5,000",
        "bytes",
        grown[REJOINS / 2] / (double) ENDPOINTS);
    services.forEach(ServiceRegistration::unregister);
  }

  private static void await(Semaphore events, int count) throws InterruptedException {
    if (!events.tryAcquire(count, LONGEST_SECONDS, TimeUnit.SECONDS)) {
      throw new IllegalStateException(events.availablePermits() + " instead of " + count
          + " events within " + LONGEST_SECONDS + " s");
    }
  }

  /** As a bundle does that shares a service: a name, a rank, the marks of an export. */
  private static ServiceRegistration<?> register(ProductNode owner, Object echo, int i) {
    Hashtable<String, Object> properties = new Hashtable<>();
    properties.put("service.exported.interfaces", "*");
    properties.put("region", "r" + i % 10);
    properties.put("rank", i);
    properties.put("name", "service number " + i);
    return owner.context().registerService(SERVICE, echo, properties);
  }

  private static int freePort() throws java.io.IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private void figure(String what, String unit, double value) {
    out.figure(new Figure(what, unit, "ours", value, ""));
  }
}
