package org.fluidosgi.itests.benchmarks.registry;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.fluidosgi.channel.Env;
import org.fluidosgi.channel.LocalNode;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.itests.benchmarks.figures.Home;
import org.fluidosgi.registry.Inventory;
import org.fluidosgi.registry.RegistryStore;
import org.fluidosgi.registry.spi.ClusterEngine;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.launch.FrameworkFactory;

/** A started framework with our channel and registry in it, used through its services only.
 * Shape: the framework of the class path; classes of ours and Netty's come from the class path through boot delegation, so that the
 * frameworks of one JVM share them. Nodes in one folder share the token. Owns the framework. */
final class BenchNode implements AutoCloseable {
  private static final long STOP_MILLIS = 10_000;
  private static final Duration LOOK = Duration.ofMillis(1);
  private static final long LONGEST_MINUTES = 10;
  private static final List<String> PATIENCE = List.of(
      "fluid.jgroups.silence.millis",
      "fluid.channel.silence.millis",
      "fluid.channel.handshake.millis",
      "fluid.channel.connect.millis",
      "fluid.join.wait.millis");
  private static final List<String> BUNDLES = List.of(
      "netty-common-",
      "netty-buffer-",
      "netty-resolver-",
      "netty-transport-",
      "jackson-core-",
      "channel-",
      "registry-");

  private final Framework framework;
  private final LocalNode local;
  private final RegistryStore store;
  private @Nullable ServiceRegistration<ClusterEngine> engine;
  private @Nullable Bundle jgroups;

  /** Starts one that is alone. Shape: {@code number} is its name in that folder; {@code join} is whom its own engine joins;
   * {@code patient} takes nobody for hung whom the processor leaves waiting. */
  BenchNode(int number, Path work, @Nullable BenchNode join, boolean patient)
      throws IOException, BundleException {
    framework = newFramework("n" + number, work, join == null ? "" : join.address(), patient);
    framework.start();
    BundleContext context = framework.getBundleContext();
    for (String prefix : BUNDLES) {
      install(context, prefix).start();
    }
    local = service(context, LocalNode.class);
    store = service(context, RegistryStore.class);
  }

  BenchNode(int number, Path work) throws IOException, BundleException {
    this(number, work, null, false);
  }

  private static <T> T service(BundleContext context, Class<T> type) throws IOException {
    ServiceReference<T> found = context.getServiceReference(type);
    if (found == null) {
      throw new IOException("no " + type.getSimpleName() + " in " + context.getBundle());
    }
    return context.getService(found);
  }

  private static Framework newFramework(String name, Path work, String join, boolean patient) {
    Map<String, String> settings = new HashMap<>();
    settings.put(Constants.FRAMEWORK_STORAGE, work.resolve(name).toString());
    settings.put(
        Constants.FRAMEWORK_BOOTDELEGATION,
        "sun.*,com.sun.*,org.fluidosgi.*,com.fasterxml.*,io.netty.*,org.jgroups.*");
    settings.put(Constants.FRAMEWORK_BUNDLE_PARENT, Constants.FRAMEWORK_BUNDLE_PARENT_APP);
    settings.put("felix.log.level", "1");
    settings.put("fluid.name", name);
    settings.put("fluid.port", "0");
    settings.put("fluid.data.dir", work.resolve(name + "-data").toString());
    if (!join.isEmpty()) {
      settings.put("fluid.join", join);
    }
    if (patient) {
      for (String limit : PATIENCE) {
        settings.put(limit, "60000");
      }
    }
    return ServiceLoader.load(FrameworkFactory.class).iterator().next().newFramework(settings);
  }

  private static Bundle install(BundleContext context, String prefix)
      throws IOException, BundleException {
    Path jar = Home.jar("bundles", prefix);
    try (InputStream in = Files.newInputStream(jar)) {
      return context.installBundle(jar.toUri().toString(), in);
    }
  }

  private String address() {
    return local.info().address().toString();
  }

  BundleContext context() {
    return framework.getBundleContext();
  }

  RegistryStore store() {
    return store;
  }

  Env env() {
    return local.env();
  }

  /** Publishes these records, from first to last but one. */
  void publish(Records records, int from, int to) {
    CompletableFuture<?> last = CompletableFuture.completedFuture(null);
    for (int i = from; i < to; i++) {
      last = store.publish(records.publication(i)).toCompletableFuture();
    }
    last.join();
  }

  /** Enters the group, that one or with the engine of the product; returns before it is in. */
  void join(@Nullable MemoryGroup group) throws IOException, BundleException {
    if (group != null) {
      NodeId id = local.info().id();
      engine = context().registerService(ClusterEngine.class, group.engine(id), null);
    } else {
      Bundle bundle = jgroups == null ? install(context(), "jgroups-") : jgroups;
      jgroups = bundle;
      bundle.start();
    }
  }

  /** Is alone again. */
  void leave() throws BundleException {
    if (engine != null) {
      engine.unregister();
      engine = null;
    }
    if (jgroups != null) {
      jgroups.stop();
    }
    awaitMembers(1, -1);
  }

  /** Waits until this node's store holds so many records of so many members, all known; records below 0: any number. */
  void awaitMembers(int members, int records) {
    CompletableFuture<Void> reached = new CompletableFuture<>();
    env().execute(() -> look(members, records, reached));
    reached.orTimeout(LONGEST_MINUTES, TimeUnit.MINUTES).join();
  }

  private void look(int members, int records, CompletableFuture<Void> reached) {
    store.inventory().whenComplete((inventory, failure) -> {
      if (failure != null) {
        reached.completeExceptionally(failure);
      } else if (isComplete(inventory, members, records)) {
        reached.complete(null);
      } else if (!reached.isDone()) {
        env().schedule(LOOK, () -> look(members, records, reached));
      }
    });
  }

  private static boolean isComplete(Inventory inventory, int members, int records) {
    return inventory.owners().size() == members
        && !inventory.partial()
        && (records < 0
            || inventory.kinds().values().stream().mapToInt(count -> count).sum() == records);
  }

  @Override
  public void close() throws BundleException, InterruptedException {
    framework.stop();
    framework.waitForStop(STOP_MILLIS);
  }
}
