package org.fluidosgi.itests.benchmarks.registry;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Hashtable;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import org.fluidosgi.itests.benchmarks.figures.Figure;
import org.fluidosgi.itests.benchmarks.figures.Timed;
import org.fluidosgi.registry.Interest;
import org.fluidosgi.registry.Page;
import org.fluidosgi.registry.Publication;
import org.fluidosgi.registry.RegistryStore;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceFactory;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;

/** Our registry in a framework beside that framework's own: the same properties in both, the same questions, the same answers. */
final class LookupRun {
  static final int RECORDS = 10_000;
  static final String LOOKUP = "look-up, class + filter, 10,000 records, 50 candidates, 4 found";
  static final String PUBLISH = "publish, 10,000 records there";
  static final String MODIFY = "modify, 10,000 records there";
  private static final int PAGE = 100;
  private static final int LOOKUPS = 10_000;
  private static final int WARM_UP = 10_000;
  private static final int WARM_UPS = 3;
  private static final int WRITES = 3_000;

  private final String host;
  private final double scale;
  private final Path work;
  private final Child.Out out;
  private final Records records = new Records(RECORDS);

  LookupRun(String host, double scale, Path work, Child.Out out) {
    this.host = host;
    this.scale = scale;
    this.work = work;
    this.out = out;
  }

  /** What our own is called when a thread that is not the queue's asks. */
  static String waiting(String host) {
    return "ours in " + host + ", from another thread";
  }

  void run() throws Exception {
    try (BenchNode node = new BenchNode(1, work)) {
      node.publish(records, 0, RECORDS);
      BundleContext context = node.context();
      List<ServiceRegistration<?>> registered = new ArrayList<>();
      for (int i = 0; i < RECORDS; i++) {
        registered.add(register(context, records, i));
      }
      RegistryStore store = node.store();
      for (int pass = 0; pass < WARM_UPS; pass++) {
        host(context, WARM_UP);
        queued(node, WARM_UP);
        waited(store, WARM_UP);
      }
      int count = (int) (LOOKUPS * scale);
      lookups(host, host(context, count));
      lookups("ours in " + host + ", on the node's queue", queued(node, count));
      lookups(waiting(host), waited(store, count));
      p50(LOOKUP, waiting(host) + ", while a third writes on and on", whileWriting(store, count));
      writes(store, context, registered);
    }
  }

  private Timed host(BundleContext context, int count) throws Exception {
    String rest = "(&" + Records.REST + ")";
    return Timed.here(count, i -> {
      ServiceReference<?>[] found = context.getAllServiceReferences(records.type(i), rest);
      Records.check(host, found == null ? 0 : found.length);
    });
  }

  private Timed queued(BenchNode node, int count) {
    return Timed.queued(
        node.env(),
        count,
        i -> ask(node.store(), i)
            .thenAccept(page -> Records.check("ours", page.records().size())));
  }

  private Timed waited(RegistryStore store, int count) throws Exception {
    return Timed.here(
        count,
        i -> Records.check(
            "ours", ask(store, i).toCompletableFuture().join().records().size()));
  }

  /** Records of another kind, so that what is found stays the same. */
  private Timed whileWriting(RegistryStore store, int count) throws Exception {
    AtomicBoolean end = new AtomicBoolean();
    CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> {
      for (int i = 0; !end.get(); i++) {
        store
            .publish(Publication.of(
                "other", "record-" + i % RECORDS, Set.of(), records.attributes(i, i)))
            .toCompletableFuture()
            .join();
      }
    });
    try {
      waited(store, count); // warms up the way by the queue
      return waited(store, count);
    } finally {
      end.set(true);
      writer.join();
    }
  }

  private CompletionStage<Page> ask(RegistryStore store, int i) {
    return store.scan(Interest.matching(Records.KIND, records.filter(i)), PAGE, null);
  }

  private void writes(
      RegistryStore store, BundleContext context, List<ServiceRegistration<?>> registered)
      throws Exception {
    int count = (int) (WRITES * scale);
    // Each is done twice; the first time warms up.
    for (boolean measured : new boolean[] {false, true}) {
      int version = measured ? 2 : 1;
      Timed hostModifies =
          Timed.here(count, i -> registered.get(i).setProperties(properties(records, i, version)));
      Timed weModify = Timed.here(
          count,
          i -> store.publish(records.changed(i, version)).toCompletableFuture().join());
      List<ServiceRegistration<?>> more = new ArrayList<>();
      Timed hostPublishes =
          Timed.here(count, i -> more.add(register(context, records, RECORDS + i)));
      Timed wePublish = Timed.here(
          count,
          i -> store
              .publish(records.publication(RECORDS + i))
              .toCompletableFuture()
              .join());
      more.forEach(ServiceRegistration::unregister);
      for (int i = 0; i < count; i++) {
        store
            .withdraw(Records.KIND, "record-" + (RECORDS + i))
            .toCompletableFuture()
            .join();
      }
      if (measured) {
        p50(PUBLISH, host, hostPublishes);
        p50(PUBLISH, waiting(host), wePublish);
        p50(MODIFY, host, hostModifies);
        p50(MODIFY, waiting(host), weModify);
      }
    }
  }

  private void lookups(String peer, Timed timed) {
    p50(LOOKUP, peer, timed);
    out.figure(new Figure(LOOKUP, "CPU us", peer, timed.cpu(), host));
  }

  private void p50(String what, String peer, Timed timed) {
    out.figure(new Figure(what, "p50 us", peer, timed.p50(), host));
  }

  private static Hashtable<String, Object> properties(Records records, int i, int version) {
    Hashtable<String, Object> properties = new Hashtable<>(records.attributes(i, version));
    properties.remove("objectClass");
    return properties;
  }

  /** A service of a class that nobody loads. */
  private static ServiceRegistration<?> register(BundleContext context, Records records, int i) {
    return context.registerService(
        records.type(i),
        new ServiceFactory<Object>() {
          @Override
          public Object getService(Bundle bundle, ServiceRegistration<Object> registration) {
            return records;
          }

          @Override
          public void ungetService(
              Bundle bundle, ServiceRegistration<Object> registration, Object service) {}
        },
        properties(records, i, 0));
  }
}
