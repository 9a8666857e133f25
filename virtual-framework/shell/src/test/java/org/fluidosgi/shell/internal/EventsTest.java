package org.fluidosgi.shell.internal;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.apache.felix.service.command.CommandProcessor;
import org.apache.felix.service.command.CommandSession;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.framework.VirtualBundle;
import org.fluidosgi.framework.VirtualId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.BundleListener;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.FrameworkListener;

/** What is followed is printed, nobody who tells is held up, and nothing is left behind. */
class EventsTest extends GogoFixture {
  private static final String FOLLOWING =
      "following bundle, service, framework, node events of the group, Ctrl-C ends it";

  private final List<BundleListener> bundleListeners = new CopyOnWriteArrayList<>();
  private final List<FrameworkListener> frameworkListeners = new CopyOnWriteArrayList<>();
  private final SlowLines out = new SlowLines();
  private CommandSession followers;

  @BeforeEach
  void open() {
    virtual.system = (BundleContext) Proxy.newProxyInstance(
        BundleContext.class.getClassLoader(),
        new Class<?>[] {BundleContext.class},
        (proxy, method, arguments) -> switch (method.getName()) {
          case "addBundleListener" -> bundleListeners.add((BundleListener) arguments[0]);
          case "removeBundleListener" -> bundleListeners.remove(arguments[0]);
          case "addFrameworkListener" -> frameworkListeners.add((FrameworkListener) arguments[0]);
          case "removeFrameworkListener" -> frameworkListeners.remove(arguments[0]);
          default -> throw new UnsupportedOperationException(method.getName());
        });
    CommandProcessor processor =
        context.getService(context.getServiceReference(CommandProcessor.class));
    followers = processor.createSession(new ByteArrayInputStream(new byte[0]), out, out);
    store.add(FakeStore.ALPHA, "node", "self", Map.of("ordinal", 1, "name", "alpha", "group", "g"));
    store.add(
        FakeStore.BETA, "endpoint", "urn:uuid:0", Map.of("objectClass", new String[] {"a.Old"}));
  }

  @AfterEach
  void nothingIsLeft() {
    followers.close();
    await("the end of the command's thread").until(store.sinks::isEmpty);
    await().until(() -> bundleListeners.isEmpty() && frameworkListeners.isEmpty());
  }

  private CompletableFuture<Void> follow(String command) {
    CompletableFuture<Void> ended = new CompletableFuture<>();
    new Thread(() -> {
          try {
            followers.execute(command);
            ended.complete(null);
          } catch (Exception e) {
            ended.completeExceptionally(e);
          }
        })
        .start();
    return ended;
  }

  private static void ended(CompletableFuture<Void> following) throws Exception {
    following.get(10, TimeUnit.SECONDS);
  }

  private void tell(int type, VirtualBundle bundle) {
    bundleListeners.forEach(each -> each.bundleChanged(new BundleEvent(type, bundle)));
  }

  /** The printed line without its time. */
  private String line(int number) throws Exception {
    String line = out.await(number);
    assertTrue(line.matches("[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3} .*"), line);
    return line.substring(14);
  }

  private void node(int ordinal) {
    node(ordinal, "g");
  }

  private void node(int ordinal, String group) {
    store.add(
        FakeStore.BETA,
        "node",
        "self",
        Map.of("ordinal", ordinal, "name", "beta", "address", "127.0.0.1:9280", "group", group));
  }

  @Test
  void printsWhatHappensToBundlesServicesNodesAndTheFramework() throws Exception {
    CompletableFuture<Void> following = follow("fluid:events --count 7");
    assertEquals(FOLLOWING, out.await(0));
    node(3);
    assertEquals("n3    node       beta 127.0.0.1:9280 JOINED", line(1));
    VirtualBundle bundle = virtual.add(new VirtualId(3, 12), virtual.beta, "a.name", "1.0.0");
    tell(BundleEvent.INSTALLED, bundle);
    tell(BundleEvent.STARTED, bundle);
    assertEquals("n3    bundle     n3:12 a.name/1.0.0 INSTALLED", line(2));
    assertEquals("n3    bundle     n3:12 a.name/1.0.0 STARTED", line(3));
    store.removeLast();
    assertEquals("n3    node       beta 127.0.0.1:9280 LEFT", line(4));
    store.add(
        FakeStore.BETA,
        "endpoint",
        "urn:uuid:1",
        Map.of(
            "objectClass",
            new String[] {"a.b.C"},
            "fluid.service.id",
            new VirtualId(3, 40).toLong(),
            "fluid.bundle.id",
            new VirtualId(3, 12).toLong()));
    assertEquals("n3    service    n3:40 C of n3:12 REGISTERED", line(5));
    store.removeLast();
    assertEquals("n3    service    n3:40 C of n3:12 UNREGISTERED", line(6));
    Bundle host = context.getBundle(0);
    frameworkListeners.forEach(each -> each.frameworkEvent(
        new FrameworkEvent(FrameworkEvent.WARNING, host, new IllegalStateException("why\u001b"))));
    assertEquals(
        "n1    framework  org.apache.felix.framework (java.lang.IllegalStateException: why?) WARNING",
        line(7));
    ended(following);
  }

  @Test
  void aNodeIsToldOnceItHasANumber() throws Exception {
    CompletableFuture<Void> following = follow("fluid:events --kind node --count 4");
    assertEquals("following node events of the group, Ctrl-C ends it", out.await(0));
    node(0);
    node(1, "its own group");
    node(4);
    node(4);
    assertEquals("n4    node       beta 127.0.0.1:9280 JOINED", line(1));
    store.removeLast();
    assertEquals("n4    node       beta 127.0.0.1:9280 LEFT", line(2));
    node(4);
    assertEquals("n4    node       beta 127.0.0.1:9280 JOINED", line(3));
    node(5);
    assertEquals("n5    node       beta 127.0.0.1:9280 RENUMBERED", line(4));
    ended(following);
  }

  @Test
  void aNodeFallsSilentAndIsHeardAgain() throws Exception {
    node(3);
    CompletableFuture<Void> following = follow("fluid:events --kind node --count 3");
    assertEquals("following node events of the group, Ctrl-C ends it", out.await(0));
    Set<NodeId> both = Set.of(FakeStore.BETA, new NodeId(new UUID(9, 9)));
    for (Set<NodeId> silent : List.of(both, Set.<NodeId>of(), both)) {
      membership.listeners.forEach(each -> each.onSuspected(silent));
    }
    assertEquals("n3    node       beta 127.0.0.1:9280 SUSPECTED", line(1));
    assertEquals("n3    node       beta 127.0.0.1:9280 TRUSTED", line(2));
    assertEquals("n3    node       beta 127.0.0.1:9280 SUSPECTED", line(3));
    ended(following);
    CompletableFuture<Void> left = follow("fluid:events --kind node --count 1");
    out.await(4);
    store.removeLast();
    membership.listeners.forEach(each -> each.onSuspected(Set.of()));
    assertEquals("n3    node       beta 127.0.0.1:9280 LEFT", line(5));
    ended(left);
  }

  @Test
  void onlyWhatIsWanted() throws Exception {
    CompletableFuture<Void> following = follow(
        "fluid:events --json --kind service,bundle --count 2 '(|(region=eu*)(event=STOPPED))'");
    JsonNode first = new ObjectMapper().readTree(out.await(0));
    assertEquals("[\"bundle\",\"service\"]", first.get("following").toString());
    node(3);
    VirtualBundle bundle = virtual.add(new VirtualId(3, 12), virtual.beta, "a.name", "1.0.0");
    tell(BundleEvent.STARTED, bundle);
    tell(BundleEvent.STOPPED, bundle);
    for (String region : List.of("asia", "europe")) {
      store.add(
          FakeStore.BETA,
          "endpoint",
          "urn:uuid:" + region,
          Map.of("objectClass", new String[] {"a.b.C"}, "Region", region));
    }
    JsonNode stopped = new ObjectMapper().readTree(out.await(1));
    assertTrue(
        stopped.get("time").asText().matches("\\d{4}-\\d\\d-\\d\\dT[0-9:.]+Z"), stopped.toString());
    assertEquals(
        "bundle n3 STOPPED n3:12 a.name 1.0.0",
        fields(stopped, "kind", "node", "event", "id", "name", "version"));
    JsonNode service = new ObjectMapper().readTree(out.await(2));
    assertEquals("service n3 REGISTERED", fields(service, "kind", "node", "event"));
    assertEquals("[\"a.b.C\"]", service.get("interfaces").toString());
    assertTrue(service.get("id").isNull());
    ended(following);
    CompletableFuture<Void> named = follow("fluid:events --count 1 OTHER");
    out.await(3);
    tell(BundleEvent.STARTED, bundle);
    tell(BundleEvent.STARTED, virtual.add(new VirtualId(3, 13), virtual.beta, "an.other", "1.0.0"));
    assertEquals("n3    bundle     n3:13 an.other/1.0.0 STARTED", line(4));
    ended(named);
    CompletableFuture<Void> byPackage = follow("fluid:events --count 1 Some.Pack");
    out.await(5);
    store.add(FakeStore.BETA, "endpoint", "urn:uuid:9", Map.of("objectClass", new String[] {
      "some.pack.Age"
    }));
    assertEquals("n3    service    - Age REGISTERED", line(6));
    ended(byPackage);
  }

  private static String fields(JsonNode event, String... names) {
    return String.join(
        " ",
        java.util.Arrays.stream(names).map(each -> event.get(each).asText()).toList());
  }

  @Test
  void endsAfterATime() throws Exception {
    ended(follow("fluid:events --for 0.05"));
    assertEquals(FOLLOWING, out.await(0));
  }

  @Test
  void endsWhenItsJobIsInterruptedAndTheSessionGoesOn() throws Exception {
    CompletableFuture<Void> following = follow("fluid:events");
    out.await(0);
    followers.foregroundJob().interrupt();
    ExecutionException interrupted = assertThrows(ExecutionException.class, () -> ended(following));
    assertInstanceOf(InterruptedException.class, interrupted.getCause());
    assertEquals(
        "2 nodes",
        followers.execute("fluid:nodes").toString().lines().toList().get(3).split(",")[0]);
  }

  @Test
  void endsWithTheInputOfItsConsole() throws Exception {
    AtomicBoolean inputEnded = new AtomicBoolean();
    BooleanSupplier asked = inputEnded::get;
    followers.put(".input.ended", asked);
    CompletableFuture<Void> following = follow("fluid:events");
    out.await(0);
    inputEnded.set(true);
    ended(following);
    CompletableFuture<Void> limited = follow("fluid:events --count 1");
    out.await(1);
    tell(BundleEvent.STARTED, virtual.add(new VirtualId(3, 13), virtual.beta, "other", "1.0.0"));
    assertEquals("n3    bundle     n3:13 other/1.0.0 STARTED", line(2));
    ended(limited);
  }

  @Test
  void endsWhenTheBundleStops() throws Exception {
    CompletableFuture<Void> following = follow("fluid:events");
    out.await(0);
    activator.stop(context);
    ended(following);
    activator.start(context);
  }

  @Test
  void saysThatTheVirtualFrameworkHasGone() throws Exception {
    CompletableFuture<Void> following = follow("fluid:events");
    out.await(0);
    virtualService.unregister();
    Exception failure = assertThrows(Exception.class, () -> ended(following));
    assertTrue(failure.getMessage().contains("the virtual framework of this node has stopped"));
  }

  @Test
  void aSlowReaderHoldsNobodyUpAndIsToldWhatItMissed() throws Exception {
    CompletableFuture<Void> following = follow("fluid:events --count 1001");
    out.await(0);
    out.hold();
    VirtualBundle bundle = virtual.add(new VirtualId(3, 13), virtual.beta, "other", "1.0.0");
    tell(BundleEvent.STARTED, bundle);
    out.awaitHeld();
    for (int i = 0; i < 1_500; i++) {
      tell(BundleEvent.STARTED, bundle); // returns at once, with nobody who takes
    }
    assertFalse(following.isDone());
    out.release();
    ended(following);
    assertEquals("500 events dropped: they come faster than they are taken", out.await(2));
    assertTrue(out.await(1002).contains("other/1.0.0 STARTED"));
  }

  @Test
  void refusesWhatItDoesNotKnow() {
    assertEquals(
        "events: no kind 'x': there are bundle, service, framework, node",
        failure("fluid:events --kind x"));
    assertTrue(failure("fluid:events '(a='").startsWith("events (a=: filter (a= is wrong: "));
    assertEquals(
        "events: --for and --count take numbers above 0", failure("fluid:events --count -1"));
    assertEquals("events a b: one filter or part of a name at a time", failure("fluid:events a b"));
  }
}
