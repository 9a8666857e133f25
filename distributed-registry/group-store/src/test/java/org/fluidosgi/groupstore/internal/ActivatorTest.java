package org.fluidosgi.groupstore.internal;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.apache.felix.framework.FrameworkFactory;
import org.fluidosgi.channel.ChannelMultiplexer;
import org.fluidosgi.channel.Env;
import org.fluidosgi.channel.Incarnation;
import org.fluidosgi.channel.LocalNode;
import org.fluidosgi.channel.NodeAddress;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.channel.NodeInfo;
import org.fluidosgi.channel.Settings;
import org.fluidosgi.channel.StandaloneNode;
import org.fluidosgi.groupstore.GroupStore;
import org.fluidosgi.groupstore.GroupVoters;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceRegistration;
import org.osgi.framework.launch.Framework;

/** The activator in a real framework, with the framework's own context. */
class ActivatorTest {
  @TempDir
  Path folder;

  private Framework framework;
  private BundleContext context;
  private final Activator activator = new Activator();

  @BeforeEach
  void startFramework() throws Exception {
    framework = new FrameworkFactory()
        .newFramework(
            Map.of(Constants.FRAMEWORK_STORAGE, folder.resolve("framework").toString()));
    framework.start();
    context = framework.getBundleContext();
    activator.start(context);
  }

  @AfterEach
  void stopFramework() throws Exception {
    activator.stop(context);
    assertNull(context.getServiceReference(GroupStore.class));
    framework.stop();
    framework.waitForStop(10_000);
    await()
        .until(() -> Thread.getAllStackTraces().keySet().stream()
            .noneMatch(thread -> thread.getName().startsWith("fluid-")));
  }

  @Test
  void storeComesAndGoesWithTheLocalNodeAndKeepsItsEntries() throws Exception {
    for (byte round = 0; round < 3; round++) {
      ServiceRegistration<LocalNode> local =
          context.registerService(LocalNode.class, new Node(folder.resolve("data")), null);
      await().until(() -> context.getServiceReference(GroupStore.class) != null);
      GroupStore store = context.getService(context.getServiceReference(GroupStore.class));
      var found = store.read("k").toCompletableFuture().get(10, TimeUnit.SECONDS);
      assertArrayEquals(round == 0 ? null : new byte[] {(byte) (round - 1)}, found.value());
      store
          .compareAndSet("k", found.version(), new byte[] {round})
          .toCompletableFuture()
          .get(10, TimeUnit.SECONDS);
      local.unregister();
      assertNull(context.getServiceReference(GroupStore.class));
      var late = store.compareAndSet("k", 0, new byte[0]).toCompletableFuture();
      await().until(late::isCompletedExceptionally);
    }
  }

  @Test
  void damagedFileLeavesTheStoreOutUntilItIsMovedAway() throws Exception {
    Path log = Files.createDirectories(folder.resolve("data/group-store")).resolve("group.log");
    Files.writeString(log, "no group store at all");
    ServiceRegistration<LocalNode> local =
        context.registerService(LocalNode.class, new Node(folder.resolve("data")), null);
    local.unregister(); // waits for the disk thread, which has given up by then
    assertNull(context.getServiceReference(GroupStore.class));
    Files.delete(log);
    context.registerService(LocalNode.class, new Node(folder.resolve("data")), null);
    await().until(() -> context.getServiceReference(GroupStore.class) != null);
  }

  @Test
  void agreedStoreTakesOverTheFileAndComesAndGoes() throws Exception {
    ServiceRegistration<LocalNode> alone =
        context.registerService(LocalNode.class, new Node(folder.resolve("data")), null);
    await().until(() -> context.getServiceReference(GroupStore.class) != null);
    GroupStore file = context.getService(context.getServiceReference(GroupStore.class));
    file.compareAndSet("kept", 0, new byte[] {7}).toCompletableFuture().get(10, TimeUnit.SECONDS);
    alone.unregister();
    try (StandaloneNode node = agreed()) {
      for (byte round = 0; round < 3; round++) {
        ServiceRegistration<LocalNode> local =
            context.registerService(LocalNode.class, node.localNode(), null);
        assertNull(context.getServiceReference(GroupStore.class), "there are no channels yet");
        ServiceRegistration<ChannelMultiplexer> channels =
            context.registerService(ChannelMultiplexer.class, node.multiplexer(), null);
        await().until(() -> context.getServiceReference(GroupVoters.class) != null);
        GroupStore store = context.getService(context.getServiceReference(GroupStore.class));
        var kept = store.read("kept").toCompletableFuture().get(10, TimeUnit.SECONDS);
        assertArrayEquals(new byte[] {7}, kept.value());
        var found = store.read("k").toCompletableFuture().get(10, TimeUnit.SECONDS);
        assertArrayEquals(round == 0 ? null : new byte[] {(byte) (round - 1)}, found.value());
        store
            .compareAndSet("k", found.version(), new byte[] {round})
            .toCompletableFuture()
            .get(10, TimeUnit.SECONDS);
        (round == 1 ? channels : local).unregister();
        assertNull(context.getServiceReference(GroupStore.class));
        assertNull(context.getServiceReference(GroupVoters.class));
        var late = store.compareAndSet("k", 0, new byte[0]).toCompletableFuture();
        await().until(late::isCompletedExceptionally);
        (round == 1 ? local : channels).unregister();
      }
    }
    // Nobody goes back by mistake and begins with nothing.
    context
        .registerService(LocalNode.class, new Node(folder.resolve("data")), null)
        .unregister();
    assertNull(context.getServiceReference(GroupStore.class));
  }

  private StandaloneNode agreed() {
    Map<String, String> settings =
        Map.of("fluid.data.dir", folder.resolve("data").toString(), "fluid.group.store", "agreed");
    return StandaloneNode.open(new Settings(settings::get));
  }

  @Test
  void wrongSettingLeavesTheStoreOut() {
    for (Map<String, String> wrong : List.of(
        Map.of("fluid.group.store", "raft"),
        Map.of("fluid.group.store", "agreed", "fluid.group.voters", "8"),
        Map.of("fluid.group.store", "agreed", "fluid.channel.frame.bytes.max", "1000000"))) {
      Settings settings = new Settings(wrong::get);
      LocalNode node = (LocalNode) Proxy.newProxyInstance(
          LocalNode.class.getClassLoader(),
          new Class<?>[] {LocalNode.class},
          (proxy, method, arguments) -> method.getName().equals("settings")
              ? settings
              : method.invoke(new Node(folder.resolve("data")), arguments));
      ChannelMultiplexer channels = (ChannelMultiplexer) Proxy.newProxyInstance(
          ChannelMultiplexer.class.getClassLoader(),
          new Class<?>[] {ChannelMultiplexer.class},
          (proxy, method, arguments) -> null);
      var multiplexer = context.registerService(ChannelMultiplexer.class, channels, null);
      var local = context.registerService(LocalNode.class, node, null);
      assertNull(context.getServiceReference(GroupStore.class), wrong.toString());
      local.unregister();
      multiplexer.unregister();
    }
  }

  private record Node(Path dataDirectory) implements LocalNode, Env {
    @Override
    public NodeInfo info() {
      return new NodeInfo(
          new NodeId(new UUID(1, 1)),
          new Incarnation(new UUID(2, 2), 1),
          "n1",
          new NodeAddress("127.0.0.1", 9278));
    }

    @Override
    public Env env() {
      return this;
    }

    @Override
    public Settings settings() {
      return new Settings(Map.of("fluid.group.store", "file")::get);
    }

    @Override
    public void execute(Runnable task) {
      task.run();
    }

    @Override
    public long nanoTime() {
      return System.nanoTime();
    }

    @Override
    public long currentTimeMillis() {
      return System.currentTimeMillis();
    }

    @Override
    public RandomGenerator random() {
      return RandomGenerator.getDefault();
    }

    @Override
    public Cancellable schedule(Duration delay, Runnable task) {
      throw new UnsupportedOperationException("the group store schedules nothing");
    }
  }
}
