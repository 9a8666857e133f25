package org.fluidosgi.registry.internal;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.apache.felix.framework.FrameworkFactory;
import org.fluidosgi.channel.LocalNode;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.registry.Explanation;
import org.fluidosgi.registry.Interest;
import org.fluidosgi.registry.Membership;
import org.fluidosgi.registry.Publication;
import org.fluidosgi.registry.RegistryStore;
import org.fluidosgi.registry.spi.ClusterEngine;
import org.fluidosgi.registry.testkit.ThreadEnv;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceFactory;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;
import org.osgi.framework.launch.Framework;
import org.osgi.service.condition.Condition;

/** The activator in a real framework, with the framework's own context. */
class ActivatorTest {
  private static final NodeId PEER = new NodeId(new UUID(1, 2));

  @TempDir
  Path cache;

  private Framework framework;
  private BundleContext context;
  private final Activator activator = new Activator();
  private final ThreadEnv env = new ThreadEnv("n1");

  @BeforeEach
  void startFramework() throws Exception {
    framework =
        new FrameworkFactory().newFramework(Map.of(Constants.FRAMEWORK_STORAGE, cache.toString()));
    framework.start();
    context = framework.getBundleContext();
    activator.start(context);
  }

  @AfterEach
  void stopFramework() throws Exception {
    activator.stop(context);
    assertNull(context.getServiceReference(RegistryStore.class));
    assertNull(joined());
    framework.stop();
    framework.waitForStop(10_000);
    await()
        .until(() -> Thread.getAllStackTraces().keySet().stream()
            .noneMatch(thread -> thread.getName().startsWith("fluid-")));
    env.close();
    assertEquals(List.of(), env.failures);
  }

  private ServiceRegistration<LocalNode> node(String... settings) {
    Map<String, String> values = new HashMap<>();
    for (int i = 0; i < settings.length; i += 2) {
      values.put(settings[i], settings[i + 1]);
    }
    return context.registerService(LocalNode.class, new FakeLocalNode(env, values), null);
  }

  private <T> T service(Class<T> type) {
    ServiceReference<T> reference = context.getServiceReference(type);
    assertNotNull(reference, type.getName());
    return context.getService(reference);
  }

  private ServiceReference<?> joined() throws Exception {
    ServiceReference<?>[] found =
        context.getServiceReferences(Condition.class.getName(), "(osgi.condition.id=fluid.joined)");
    return found == null ? null : found[0];
  }

  @Test
  void loneNodeIsThereAtOnceAndGoesWithTheLocalNode() throws Exception {
    assertNull(context.getServiceReference(RegistryStore.class));
    for (int round = 0; round < 3; round++) {
      ServiceRegistration<LocalNode> local = node();
      RegistryStore store = service(RegistryStore.class);
      Membership membership = service(Membership.class);
      assertEquals(List.of(FakeLocalNode.ID), membership.view().members());
      store
          .publish(Publication.of("k", "a", Set.of(), Map.of("x", 1)))
          .toCompletableFuture()
          .get(10, TimeUnit.SECONDS);
      assertEquals(
          1,
          store
              .scan(new Interest("k", Set.of(), "(X=1)"), 10, null)
              .toCompletableFuture()
              .get(10, TimeUnit.SECONDS)
              .records()
              .size());
      await().until(() -> joined() != null);
      assertEquals(true, joined().getProperty("fluid.alone"));
      local.unregister();
      assertNull(context.getServiceReference(RegistryStore.class));
      assertNull(context.getServiceReference(Membership.class));
      assertNull(joined());
      CompletableFuture<Void> late =
          store.publish(Publication.of("k", "b", Set.of(), Map.of())).toCompletableFuture();
      await().until(late::isCompletedExceptionally);
    }
  }

  @Test
  void leaseEndsByTheNodesOwnClock() throws Exception {
    node();
    RegistryStore store = service(RegistryStore.class);
    long begin = System.nanoTime();
    Publication silent = Publication.of("k", "silent", Set.of(), Map.of());
    Publication kept = Publication.of("k", "kept", Set.of(), Map.of());
    store.publish(silent.leased(RegistryStore.TTL_MIN));
    store.publish(kept.leased(RegistryStore.TTL_MAX));
    await()
        .until(() -> !store.renew("k", "kept").toCompletableFuture().get()
            || store.leases("k").toCompletableFuture().get().keySet().equals(Set.of("kept")));
    assertTrue(System.nanoTime() - begin >= RegistryStore.TTL_MIN.toNanos());
    assertFalse(store.renew("k", "silent").toCompletableFuture().get());
    assertTrue(store.renew("k", "kept").toCompletableFuture().get());
  }

  @Test
  void activatorSurvivesStopAndStart() throws Exception {
    ServiceRegistration<LocalNode> local = node();
    assertNotNull(context.getServiceReference(RegistryStore.class));
    activator.stop(context);
    assertNull(context.getServiceReference(RegistryStore.class));
    activator.start(context);
    assertNotNull(context.getServiceReference(RegistryStore.class));
    local.unregister();
  }

  @Test
  void wrongSettingLeavesTheRegistryOut() {
    ServiceRegistration<LocalNode> wrong = node("fluid.registry.digest.millis", "soon");
    assertNull(context.getServiceReference(RegistryStore.class));
    wrong.unregister();
    wrong = node("fluid.registry.index", "service.pid, a(b");
    assertNull(context.getServiceReference(RegistryStore.class));
    wrong.unregister();
    node();
    assertNotNull(context.getServiceReference(RegistryStore.class));
  }

  @Test
  void attributesOfTheSettingAreIndexed() throws Exception {
    node("fluid.registry.index", "service.pid, region");
    Explanation explanation = service(RegistryStore.class)
        .explain(Interest.matching("k", "(&(x=1)(region=here))"))
        .toCompletableFuture()
        .get(10, TimeUnit.SECONDS);
    assertEquals(List.of(new Explanation.Key("attr:region:here", 0)), explanation.keys());
  }

  @Test
  void conditionWaitsForAPeer() throws Exception {
    node("fluid.join", "127.0.0.1:1", "fluid.join.wait.millis", "600000");
    Membership membership = service(Membership.class);
    assertNull(joined());
    FakeEngine engine = new FakeEngine(false, FakeLocalNode.ID, PEER);
    ServiceRegistration<ClusterEngine> registered =
        context.registerService(ClusterEngine.class, engine, null);
    await().until(() -> joined() != null);
    assertEquals(false, joined().getProperty("fluid.alone"));
    assertEquals(List.of(FakeLocalNode.ID, PEER), membership.view().members());
    registered.unregister();
    await().until(() -> Boolean.TRUE.equals(joined().getProperty("fluid.alone")));
    assertEquals(List.of(FakeLocalNode.ID), membership.view().members());
    await().until(() -> engine.closed);
  }

  @Test
  void conditionGoesOnAloneAfterTheWait() {
    node("fluid.join", "127.0.0.1:1", "fluid.join.wait.millis", "50");
    await().until(() -> joined() != null);
  }

  @Test
  void conditionComesWhenTheEngineKnowsThatNobodyIsThere() throws Exception {
    node("fluid.join", "127.0.0.1:1", "fluid.join.wait.millis", "600000");
    context.registerService(ClusterEngine.class, new FakeEngine(false, FakeLocalNode.ID), null);
    await().until(() -> joined() != null);
    assertEquals(true, joined().getProperty("fluid.alone"));
  }

  @Test
  void anEngineThatDoesNotStartIsReplacedByAFreshOne() throws Exception {
    node();
    Membership membership = service(Membership.class);
    List<FakeEngine> made = new CopyOnWriteArrayList<>();
    ServiceRegistration<ClusterEngine> service = context.registerService(
        ClusterEngine.class,
        new ServiceFactory<ClusterEngine>() {
          @Override
          public ClusterEngine getService(Bundle user, ServiceRegistration<ClusterEngine> of) {
            FakeEngine engine = new FakeEngine(false, FakeLocalNode.ID, PEER);
            engine.failure = made.isEmpty() ? new IllegalStateException("no view") : null;
            made.add(engine);
            return engine;
          }

          @Override
          public void ungetService(
              Bundle user, ServiceRegistration<ClusterEngine> of, ClusterEngine engine) {
            engine.close();
          }
        },
        null);
    await().until(() -> membership.view().members().size() == 2);
    assertEquals(2, made.size());
    assertTrue(made.get(0).closed);
    assertFalse(made.get(1).closed);
    service.unregister();
    await().until(() -> made.get(1).closed);
    assertEquals(List.of(FakeLocalNode.ID), membership.view().members());
  }

  @Test
  void highestRankingEngineWins() {
    node();
    Membership membership = service(Membership.class);
    FakeEngine low = new FakeEngine(false, FakeLocalNode.ID, PEER);
    FakeEngine high = new FakeEngine(false, FakeLocalNode.ID, PEER, new NodeId(new UUID(1, 3)));
    context.registerService(ClusterEngine.class, low, ranking(1));
    await().until(() -> membership.view().members().size() == 2);
    ServiceRegistration<ClusterEngine> top =
        context.registerService(ClusterEngine.class, high, ranking(2));
    await().until(() -> membership.view().members().size() == 3);
    assertTrue(low.closed);
    // A word of the engine that was replaced is ignored.
    low.handler.onView(new org.fluidosgi.registry.View(9, List.of(FakeLocalNode.ID), Set.of()));
    low.handler.onSuspected(Set.of(PEER));
    top.unregister();
    await().until(() -> high.closed);
    await().until(() -> membership.view().members().size() == 2);
    assertEquals(Set.of(), membership.suspected());
  }

  private static Hashtable<String, Object> ranking(int ranking) {
    Hashtable<String, Object> properties = new Hashtable<>();
    properties.put(Constants.SERVICE_RANKING, ranking);
    return properties;
  }

  @Test
  void engineThatHangsInItsStartBlocksNobodyAndIsInterrupted() throws Exception {
    node();
    Membership membership = service(Membership.class);
    FakeEngine hanging = new FakeEngine(true, FakeLocalNode.ID, PEER);
    ServiceRegistration<ClusterEngine> registered =
        context.registerService(ClusterEngine.class, hanging, null);
    assertTrue(hanging.started.await(10, TimeUnit.SECONDS));
    service(RegistryStore.class)
        .publish(Publication.of("k", "a", Set.of(), Map.of()))
        .toCompletableFuture()
        .get(10, TimeUnit.SECONDS);
    registered.unregister();
    await().until(() -> hanging.interrupted && hanging.closed);
    assertEquals(1, membership.view().members().size());
    // The next one is followed.
    context.registerService(
        ClusterEngine.class, new FakeEngine(false, FakeLocalNode.ID, PEER), null);
    await().until(() -> membership.view().members().size() == 2);
  }

  @Test
  void engineThatFailsLeavesTheNodeAlone() {
    node();
    Membership membership = service(Membership.class);
    FakeEngine failing = new FakeEngine(false, FakeLocalNode.ID, PEER);
    failing.failure = new IllegalStateException("no way");
    context.registerService(ClusterEngine.class, failing, null);
    await().until(() -> failing.closed);
    assertEquals(1, membership.view().members().size());
    assertFalse(membership.view().contains(PEER));
  }
}
