package org.fluidosgi.channel;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.fluidosgi.channel.internal.Activator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.launch.Framework;

/** Starting, stopping, starting again; nothing is left behind. */
@Timeout(60)
class LifecycleTest {
  @TempDir
  Path directory;

  private static List<String> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        // The JDK's own, started by whoever uses it first.
        .filter(name -> !name.startsWith("CompletableFutureDelay")
            && !name.startsWith("ForkJoinPool")
            && !name.startsWith("Attach")
            && !name.startsWith("process reaper")
            && !name.startsWith("awaitility"))
        .sorted()
        .toList();
  }

  @Test
  void stopLeavesNoThreadAndFreesThePortAtOnce() throws Exception {
    List<String> before = threads();
    int port = 0;
    Incarnation last = new Incarnation(java.util.UUID.randomUUID(), 1);
    try (Nodes others = new Nodes(directory)) {
      StandaloneNode other = others.open("other");
      other.multiplexer().serve("echo", new TwoNodesTest.Echo());
      List<String> withOther = threads();
      NodeId id = null;
      for (int round = 0; round < 5; round++) {
        StandaloneNode node = others.open("n", "fluid.port", Integer.toString(port));
        port = Nodes.address(node).port();
        assertTrue(id == null || id.equals(node.localNode().info().id()));
        id = node.localNode().info().id();
        last = node.localNode().info().incarnation();
        // By name, so that the resolver's thread takes part.
        Channel channel = node.multiplexer()
            .connect(new NodeAddress("localhost", Nodes.address(other).port()))
            .get(5, TimeUnit.SECONDS);
        channel
            .open("echo")
            .request(
                CallHeader.first(round, Duration.ofSeconds(5)), java.nio.ByteBuffer.allocate(8))
            .get(5, TimeUnit.SECONDS);
        long start = System.nanoTime();
        node.close();
        node.close();
        long millis = (System.nanoTime() - start) / 1_000_000;
        assertTrue(millis < 3000, "closing took " + millis + " ms");
        await()
            .atMost(Duration.ofSeconds(3))
            .untilAsserted(() -> assertEquals(withOther, threads()));
      }
    }
    assertEquals(5, last.counter());
    await().atMost(Duration.ofSeconds(3)).untilAsserted(() -> assertEquals(before, threads()));
  }

  @Test
  void portInUseIsNamedAndNothingIsLeftOpen() throws Exception {
    List<String> before = threads();
    try (Nodes nodes = new Nodes(directory);
        ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = Integer.toString(taken.getLocalPort());
      IllegalStateException failure =
          assertThrows(IllegalStateException.class, () -> nodes.open("n", "fluid.port", port));
      assertTrue(
          failure.getMessage().contains("port " + port + " (fluid.port)"), failure.getMessage());
      assertFalse(failure.getMessage().contains("\n"));
      await().atMost(Duration.ofSeconds(3)).untilAsserted(() -> assertEquals(before, threads()));
      nodes.open("n"); // the directory's lock is free again
    }
  }

  @Test
  void badSettingsAreNamed() {
    try (Nodes nodes = new Nodes(directory)) {
      for (String[] bad : new String[][] {
        {"fluid.port", "70000"},
        {"fluid.channel.frame.bytes.max", "1"},
        {"fluid.channel.silence.millis", "1500"},
        {"fluid.insecure", "yes"},
        {"fluid.name", "x".repeat(65)},
        {"fluid.bind.address", "192.0.2.1"},
      }) {
        IllegalArgumentException failure =
            assertThrows(IllegalArgumentException.class, () -> nodes.open("n", bad[0], bad[1]));
        assertTrue(failure.getMessage().startsWith(bad[0] + "=" + bad[1]), failure.getMessage());
      }
      IllegalArgumentException unset = assertThrows(
          IllegalArgumentException.class, () -> StandaloneNode.open(new Settings(key -> null)));
      assertTrue(unset.getMessage().contains("fluid.data.dir"), unset.getMessage());
    }
  }

  @Test
  void tasksRunInOrderOnOneThreadAndSurviveFailures() throws Exception {
    try (Nodes nodes = new Nodes(directory)) {
      Env env = nodes.open("n").localNode().env();
      ConcurrentLinkedQueue<Integer> ran = new ConcurrentLinkedQueue<>();
      CountDownLatch done = new CountDownLatch(2);
      ConcurrentLinkedQueue<String> names = new ConcurrentLinkedQueue<>();
      env.schedule(Duration.ofMillis(50), done::countDown);
      Env.Cancellable never = env.schedule(Duration.ofMillis(20), () -> ran.add(-1));
      never.cancel();
      never.cancel();
      for (int i = 0; i < 1000; i++) {
        int number = i;
        env.execute(() -> {
          ran.add(number);
          names.add(Thread.currentThread().getName());
          if (number % 100 == 0) {
            throw new IllegalStateException("on purpose");
          }
        });
      }
      env.execute(done::countDown);
      assertTrue(done.await(10, TimeUnit.SECONDS));
      assertEquals(java.util.stream.IntStream.range(0, 1000).boxed().toList(), List.copyOf(ran));
      assertEquals(Set.of("fluid-channel-tasks"), Set.copyOf(names));
    }
  }

  private Framework framework(Map<String, String> more) throws BundleException {
    Map<String, String> properties = new HashMap<>(more);
    properties.put(Constants.FRAMEWORK_STORAGE, directory.resolve("felix").toString());
    properties.put("fluid.port", more.getOrDefault("fluid.port", "0"));
    Framework framework =
        new org.apache.felix.framework.FrameworkFactory().newFramework(properties);
    framework.start();
    return framework;
  }

  @Test
  void activatorRegistersAndTakesBackItsServices() throws Exception {
    Framework framework = framework(Map.of("fluid.name", "felix"));
    try {
      BundleContext context = framework.getBundleContext();
      Activator activator = new Activator();
      for (int round = 1; round <= 3; round++) {
        activator.start(context);
        LocalNode node = context.getService(context.getServiceReference(LocalNode.class));
        assertNotNull(context.getServiceReference(ChannelMultiplexer.class));
        assertEquals("felix", node.info().name());
        assertEquals(round, node.info().incarnation().counter());
        assertEquals(
            context.getProperty(Constants.FRAMEWORK_UUID),
            node.info().incarnation().framework().toString());
        activator.stop(context);
        assertNull(context.getServiceReference(LocalNode.class));
        assertNull(context.getServiceReference(ChannelMultiplexer.class));
      }
    } finally {
      framework.stop();
      framework.waitForStop(10_000);
    }
    assertEquals(Bundle.RESOLVED, framework.getState());
  }

  @Test
  void activatorSaysInOneLineWhyItCannotStart() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = Integer.toString(taken.getLocalPort());
      Framework framework = framework(Map.of("fluid.port", port));
      try {
        BundleContext context = framework.getBundleContext();
        BundleException failure =
            assertThrows(BundleException.class, () -> new Activator().start(context));
        assertTrue(failure.getMessage().contains("port " + port), failure.getMessage());
        assertNull(context.getServiceReference(LocalNode.class));
      } finally {
        framework.stop();
        framework.waitForStop(10_000);
      }
    }
  }
}
