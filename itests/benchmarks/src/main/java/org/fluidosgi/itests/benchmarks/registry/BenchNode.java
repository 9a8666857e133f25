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
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.fluidosgi.channel.Env;
import org.fluidosgi.channel.Incarnation;
import org.fluidosgi.channel.LocalNode;
import org.fluidosgi.channel.NodeAddress;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.channel.NodeInfo;
import org.fluidosgi.channel.Settings;
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

/** A started framework with our registry bundle in it, used through its services only.
 * Shape: the framework of the class path; classes of ours come from the class path through boot delegation, so that the frameworks of
 * one JVM share them. Owns framework and task queue. */
final class BenchNode implements AutoCloseable {
  private static final long STOP_MILLIS = 10_000;
  private static final Duration LOOK = Duration.ofMillis(1);
  private static final long LONGEST_MINUTES = 10;

  private final Framework framework;
  private final BenchEnv env;
  private final NodeId id;
  private final RegistryStore store;
  private @Nullable ServiceRegistration<ClusterEngine> engine;

  /** Starts one. Shape: {@code number} is its identity in this JVM. */
  BenchNode(int number, Path work) throws IOException, BundleException {
    String name = "n" + number;
    id = new NodeId(new UUID(1, number));
    env = new BenchEnv(name);
    framework = newFramework(work.resolve(name));
    framework.start();
    BundleContext context = framework.getBundleContext();
    for (String prefix : List.of("jackson-core-", "registry-")) {
      install(context, bundle(prefix));
    }
    context.registerService(LocalNode.class, new Local(info(name), env, work), null);
    ServiceReference<RegistryStore> found = context.getServiceReference(RegistryStore.class);
    if (found == null) {
      throw new IOException("no registry in " + framework);
    }
    store = context.getService(found);
  }

  private NodeInfo info(String name) {
    return new NodeInfo(
        id,
        new Incarnation(new UUID(2, id.uuid().getLeastSignificantBits()), 1),
        name,
        new NodeAddress("127.0.0.1", 1));
  }

  private static Framework newFramework(Path storage) {
    Map<String, String> settings = new HashMap<>();
    settings.put(Constants.FRAMEWORK_STORAGE, storage.toString());
    settings.put(Constants.FRAMEWORK_SYSTEMPACKAGES_EXTRA, "org.fluidosgi.channel;version=0.1.0");
    settings.put(
        Constants.FRAMEWORK_BOOTDELEGATION, "sun.*,com.sun.*,org.fluidosgi.*,com.fasterxml.*");
    settings.put(Constants.FRAMEWORK_BUNDLE_PARENT, Constants.FRAMEWORK_BUNDLE_PARENT_APP);
    settings.put("felix.log.level", "1");
    return ServiceLoader.load(FrameworkFactory.class).iterator().next().newFramework(settings);
  }

  private static Path bundle(String prefix) throws IOException {
    return Home.jar("bundles", prefix);
  }

  private static void install(BundleContext context, Path jar) throws IOException, BundleException {
    try (InputStream in = Files.newInputStream(jar)) {
      Bundle bundle = context.installBundle(jar.toUri().toString(), in);
      bundle.start();
    }
  }

  BundleContext context() {
    return framework.getBundleContext();
  }

  RegistryStore store() {
    return store;
  }

  Env env() {
    return env;
  }

  /** Publishes these records, from first to last but one. */
  void publish(Records records, int from, int to) {
    CompletableFuture<?> last = CompletableFuture.completedFuture(null);
    for (int i = from; i < to; i++) {
      last = store.publish(records.publication(i)).toCompletableFuture();
    }
    last.join();
  }

  /** Enters the group; returns at once. */
  void join(MemoryGroup group) {
    engine = context().registerService(ClusterEngine.class, group.engine(id), null);
  }

  /** Is alone again. */
  void leave() {
    if (engine != null) {
      engine.unregister();
      engine = null;
      awaitMembers(1, -1);
    }
  }

  /** Waits until this node's store holds so many records of so many members, all known; records below 0: any number. */
  void awaitMembers(int members, int records) {
    CompletableFuture<Void> reached = new CompletableFuture<>();
    env.execute(() -> look(members, records, reached));
    reached.orTimeout(LONGEST_MINUTES, TimeUnit.MINUTES).join();
  }

  private void look(int members, int records, CompletableFuture<Void> reached) {
    store.inventory().whenComplete((inventory, failure) -> {
      if (failure != null) {
        reached.completeExceptionally(failure);
      } else if (isComplete(inventory, members, records)) {
        reached.complete(null);
      } else if (!reached.isDone()) {
        env.schedule(LOOK, () -> look(members, records, reached));
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
    env.close();
  }

  private record Local(NodeInfo info, Env env, Path dataDirectory) implements LocalNode {
    @Override
    public Settings settings() {
      return new Settings(key -> null);
    }
  }
}
