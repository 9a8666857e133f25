package org.fluidosgi.topology.internal;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Dictionary;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.fluidosgi.topology.spi.ExportPolicy;
import org.fluidosgi.topology.spi.Region;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.remoteserviceadmin.EndpointDescription;
import org.osgi.service.remoteserviceadmin.EndpointEvent;
import org.osgi.service.remoteserviceadmin.EndpointEventListener;
import org.osgi.service.remoteserviceadmin.EndpointListener;
import org.osgi.service.remoteserviceadmin.RemoteServiceAdmin;

class ExportTest {
  private static final Map<Integer, String> TYPES = Map.of(
      EndpointEvent.ADDED, "added",
      EndpointEvent.REMOVED, "removed",
      EndpointEvent.MODIFIED, "modified",
      EndpointEvent.MODIFIED_ENDMATCH, "endmatch");

  @TempDir
  Path storage;

  private TestFramework framework;
  private BundleContext context;
  private TopologyManager manager;
  private FakeRemoteAdmin admin;
  private ServiceRegistration<RemoteServiceAdmin> adminService;
  private final List<String> events = new CopyOnWriteArrayList<>();

  private void start(String... settings) throws Exception {
    framework = new TestFramework(storage, Map.of());
    context = framework.context();
    admin = new FakeRemoteAdmin(context);
    adminService = context.registerService(RemoteServiceAdmin.class, admin, null);
    Map<String, String> map = settings.length == 0 ? Map.of() : Map.of(settings[0], settings[1]);
    manager = new TopologyManager(
        framework.bundle("topology").getBundleContext(), Options.read(map::get));
    manager.start();
  }

  @AfterEach
  void stop() throws Exception {
    manager.close();
    assertEquals(List.of(), admin.wrongThreads());
    assertEquals(List.of(), admin.exports());
    framework.close();
  }

  private ServiceRegistration<?> listen(String... scope) {
    return context.registerService(
        EndpointEventListener.class,
        (event, filter) -> events.add(TYPES.get(event.getType()) + " "
            + event.getEndpoint().getProperties().get("colour") + " " + filter),
        TestFramework.properties(EndpointEventListener.ENDPOINT_LISTENER_SCOPE, scope));
  }

  private ServiceRegistration<?> register(Object... pairs) {
    return context.registerService(Runnable.class, () -> {}, TestFramework.properties(pairs));
  }

  private void expect(String... wanted) {
    await().untilAsserted(() -> assertEquals(List.of(wanted), events));
  }

  @Test
  void aMarkedServiceIsExportedUpdatedAndWithdrawn() throws Exception {
    start();
    listen("(nothing=here)", "(colour=*)", "(objectClass=*)");
    ServiceRegistration<?> service = register("service.exported.interfaces", "*", "colour", "red");
    expect("added red (colour=*)");
    service.setProperties(
        TestFramework.properties("service.exported.interfaces", "*", "colour", "blue"));
    expect("added red (colour=*)", "modified blue (colour=*)");
    service.unregister();
    expect("added red (colour=*)", "modified blue (colour=*)", "removed blue (colour=*)");
    assertEquals(List.of("export", "update export", "close export"), admin.calls());
  }

  @Test
  void anUnchangedEndpointIsNotAnnouncedAgain() throws Exception {
    start();
    listen("(objectClass=*)");
    ServiceRegistration<?> service = register("service.exported.interfaces", "*", "colour", "red");
    expect("added red (objectClass=*)");
    service.setProperties(
        TestFramework.properties("service.exported.interfaces", "*", "colour", "red"));
    service.setProperties(
        TestFramework.properties("service.exported.interfaces", "*", "colour", "green"));
    expect("added red (objectClass=*)", "modified green (objectClass=*)");
  }

  @Test
  void leavingTheScopeIsToldByEndmatch() throws Exception {
    start();
    listen("(colour=red)");
    ServiceRegistration<?> service = register("service.exported.interfaces", "*", "colour", "red");
    expect("added red (colour=red)");
    service.setProperties(
        TestFramework.properties("service.exported.interfaces", "*", "colour", "blue"));
    expect("added red (colour=red)", "endmatch blue (colour=red)");
    service.unregister();
    await().until(() -> admin.exports().isEmpty());
    expect("added red (colour=red)", "endmatch blue (colour=red)");
  }

  @Test
  void anOldListenerIsToldRemovedAndAdded() throws Exception {
    start();
    context.registerService(
        EndpointListener.class,
        new EndpointListener() {
          @Override
          public void endpointAdded(EndpointDescription endpoint, String filter) {
            events.add("added " + endpoint.getProperties().get("colour"));
          }

          @Override
          public void endpointRemoved(EndpointDescription endpoint, String filter) {
            events.add("removed");
          }
        },
        TestFramework.properties(EndpointListener.ENDPOINT_LISTENER_SCOPE, "(colour=*)"));
    ServiceRegistration<?> service = register("service.exported.interfaces", "*", "colour", "red");
    expect("added red");
    service.setProperties(
        TestFramework.properties("service.exported.interfaces", "*", "colour", "blue"));
    expect("added red", "removed", "added blue");
    service.unregister();
    expect("added red", "removed", "added blue", "removed");
  }

  @Test
  void aLateListenerAndAWiderScopeLearnWhatIsThere() throws Exception {
    start();
    register("service.exported.interfaces", "*", "colour", "red");
    listen("", "(broken");
    listen("(colour=red)");
    expect("added red (colour=red)");
    ServiceRegistration<?> narrow = listen("(colour=blue)");
    narrow.setProperties(TestFramework.properties(
        EndpointEventListener.ENDPOINT_LISTENER_SCOPE, "(|(colour=blue)(colour=red))"));
    expect("added red (colour=red)", "added red (|(colour=blue)(colour=red))");
  }

  @Test
  void oneFailingListenerDoesNotStarveTheOthers() throws Exception {
    start();
    context.registerService(
        EndpointEventListener.class,
        (EndpointEvent event, String filter) -> {
          throw new IllegalStateException("on purpose");
        },
        TestFramework.properties(
            EndpointEventListener.ENDPOINT_LISTENER_SCOPE, "(colour=*)", "service.ranking", 9));
    listen("(colour=*)");
    register("service.exported.interfaces", "*", "colour", "red");
    expect("added red (colour=*)");
  }

  @Test
  void importedServicesStay() throws Exception {
    start();
    listen("(objectClass=*)");
    register("service.exported.interfaces", "*", "service.imported", true, "colour", "red");
    register("service.exported.interfaces", "*", "colour", "blue");
    expect("added blue (objectClass=*)");
  }

  @Test
  void theSwitchAsksForConfigs() throws Exception {
    start(Options.EXPORT_CONFIGS_REQUIRED, "true");
    listen("(objectClass=*)");
    register("service.exported.interfaces", "*", "colour", "red");
    register(
        "service.exported.interfaces", "*", "service.exported.configs", "fake", "colour", "blue");
    expect("added blue (objectClass=*)");
  }

  @Test
  void theAdministratorsFilterSharesInterfacesOfUsers() throws Exception {
    start(Options.EXPORT_FILTER, "(colour=*)");
    listen("(objectClass=*)");
    register("colour", "java.lang is private");
    Object service = new Shared();
    String own = Shared.class.getName();
    context.registerService(
        new String[] {own, "java.lang.Runnable"},
        service,
        TestFramework.properties("colour", "red"));
    expect("added red (objectClass=*)");
    context.registerService(
        own, service, TestFramework.properties("colour", "x", "osgi.command.scope", "y"));
    context.registerService(
        own, service, TestFramework.properties("colour", "x", "fluid.scope", "local"));
    context.registerService(own, service, TestFramework.properties("shape", "x"));
    context.registerService(own, service, TestFramework.properties("colour", "green"));
    expect("added red (objectClass=*)", "added green (objectClass=*)");
    assertEquals(
        List.of(List.of(own), List.of("*")),
        admin.exports().stream()
            .map(e -> List.of((String[]) e.given().get("service.exported.interfaces")))
            .toList());
  }

  @Test
  void endpointsAreForTheRegionOfTheirNodeUnlessTheyAreForAll() throws Exception {
    start(Region.PROPERTY, "east");
    listen("(objectClass=*)");
    register("service.exported.interfaces", "*", "colour", "red");
    expect("added red (objectClass=*)");
    register("service.exported.interfaces", "*", "colour", "blue", "fluid.scope", "group");
    expect("added red (objectClass=*)", "added blue (objectClass=*)");
    assertEquals(
        Arrays.asList("east", null),
        admin.exports().stream().map(e -> e.given().get(Region.PROPERTY)).toList());
  }

  @Test
  void aPolicyDecidesUntilItChangesItsMind() throws Exception {
    start();
    listen("(objectClass=*)");
    register("colour", "red");
    register("colour", "blue");
    context.registerService(
        ExportPolicy.class,
        service -> {
          throw new IllegalStateException("on purpose");
        },
        TestFramework.properties("service.ranking", 5));
    String[] chosen = {"red"};
    ExportPolicy policy =
        (ServiceReference<?> service) -> chosen[0].equals(service.getProperty("colour"))
            ? Optional.of(Map.of("service.exported.interfaces", "*"))
            : Optional.empty();
    ServiceRegistration<ExportPolicy> registration =
        context.registerService(ExportPolicy.class, policy, null);
    expect("added red (objectClass=*)");
    synchronized (chosen) {
      chosen[0] = "blue";
    }
    registration.setProperties(TestFramework.properties("changed", 1));
    await().until(() -> events.size() == 3);
    assertTrue(events.contains("removed red (objectClass=*)"));
    assertTrue(events.contains("added blue (objectClass=*)"));
    registration.unregister();
    await().until(() -> events.size() == 4);
    assertEquals("removed blue (objectClass=*)", events.get(3));
  }

  @Test
  void aPolicyIsAskedAtOnceHoweverBusyTheMachineIs() throws Exception {
    start();
    register("colour", "red");
    ExportPolicy policy = service -> "red".equals(service.getProperty("colour"))
        ? Optional.of(Map.of("service.exported.interfaces", "*"))
        : Optional.empty();
    for (int round = 0; round < 500; round++) {
      ServiceRegistration<ExportPolicy> registration =
          context.registerService(ExportPolicy.class, policy, null);
      await("round " + round)
          .pollInterval(Duration.ofMillis(1))
          .until(() -> admin.exports().size() == 1);
      registration.unregister();
      await().pollInterval(Duration.ofMillis(1)).until(() -> admin.exports().isEmpty());
    }
  }

  @Test
  void everyRemoteAdminExportsAndTakesItsEndpointsAlong() throws Exception {
    start();
    listen("(objectClass=*)");
    register("service.exported.interfaces", "*", "colour", "red");
    expect("added red (objectClass=*)");
    FakeRemoteAdmin second = new FakeRemoteAdmin(context);
    ServiceRegistration<RemoteServiceAdmin> secondService =
        context.registerService(RemoteServiceAdmin.class, second, null);
    expect("added red (objectClass=*)", "added red (objectClass=*)");
    assertEquals(1, second.exports().size());
    adminService.unregister();
    await().until(() -> events.size() == 3);
    assertEquals(List.of(), admin.exports());
    assertEquals(1, second.exports().size());
    secondService.unregister();
    await().until(() -> events.size() == 4);
  }

  @Test
  void changedExportPropertiesMakeANewEndpoint() throws Exception {
    start();
    listen("(objectClass=*)");
    ServiceRegistration<?> service = register("service.exported.interfaces", "*", "colour", "red");
    expect("added red (objectClass=*)");
    service.setProperties(TestFramework.properties(
        "service.exported.interfaces", "java.lang.Runnable", "colour", "red"));
    expect("added red (objectClass=*)", "removed red (objectClass=*)", "added red (objectClass=*)");
    service.setProperties(TestFramework.properties("colour", "red"));
    await().until(() -> events.size() == 4);
    assertEquals("removed red (objectClass=*)", events.get(3));
  }

  @Test
  void stoppingTellsRemovedAndEndsTheThread() throws Exception {
    start();
    listen("(objectClass=*)");
    register("service.exported.interfaces", "*", "colour", "red");
    expect("added red (objectClass=*)");
    manager.close();
    assertEquals(List.of("added red (objectClass=*)", "removed red (objectClass=*)"), events);
    assertEquals(
        0,
        Thread.getAllStackTraces().keySet().stream()
            .filter(thread -> thread.getName().equals(WorkQueue.THREAD))
            .count());
  }

  @RepeatedTest(8)
  void settlesAfterAnyStorm(RepetitionInfo repetition) throws Exception {
    long seed = 8_191L * repetition.getCurrentRepetition();
    start();
    Map<String, Object> seen = new ConcurrentHashMap<>();
    List<String> wrong = new CopyOnWriteArrayList<>();
    context.registerService(
        EndpointEventListener.class,
        (event, filter) -> follow(event, seen, wrong),
        TestFramework.properties(EndpointEventListener.ENDPOINT_LISTENER_SCOPE, "(objectClass=*)"));
    Map<String, Integer> last = new ConcurrentHashMap<>();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      String prefix = "s" + i + ".";
      Random random = new Random(seed + i);
      threads.add(new Thread(() -> storm(prefix, random, last)));
    }
    threads.forEach(Thread::start);
    for (int n = 0; n < 20; n++) {
      adminService.unregister();
      adminService = context.registerService(RemoteServiceAdmin.class, admin, null);
    }
    for (Thread thread : threads) {
      thread.join();
    }
    await("seed " + seed)
        .untilAsserted(
            () -> assertEquals(new TreeMap<>(last), new TreeMap<>(byName(seen.values()))));
    assertEquals(List.of(), wrong, "seed " + seed);
    assertEquals(last.size(), admin.exports().size());
    manager.close();
    assertEquals(Map.of(), seen);
  }

  private void storm(String prefix, Random random, Map<String, Integer> last) {
    Map<String, ServiceRegistration<?>> registered = new HashMap<>();
    for (int n = 0; n < 300; n++) {
      String name = prefix + random.nextInt(5);
      ServiceRegistration<?> before = registered.get(name);
      int version = random.nextInt(4);
      Dictionary<String, Object> properties = TestFramework.properties(
          "service.exported.interfaces", "*", "name", name, "number", version);
      if (before == null) {
        registered.put(name, context.registerService(Runnable.class, () -> {}, properties));
        last.put(name, version);
      } else if (random.nextInt(3) == 0) {
        before.unregister();
        registered.remove(name);
        last.remove(name);
      } else {
        before.setProperties(properties);
        last.put(name, version);
      }
    }
  }

  /** Applies an event as a listener would, and notes one that makes no sense. */
  private static void follow(EndpointEvent event, Map<String, Object> seen, List<String> wrong) {
    EndpointDescription endpoint = event.getEndpoint();
    boolean known = seen.containsKey(endpoint.getId());
    boolean added = event.getType() == EndpointEvent.ADDED;
    if (known == added) {
      wrong.add(TYPES.get(event.getType()) + " " + endpoint.getId());
    }
    if (event.getType() == EndpointEvent.REMOVED) {
      seen.remove(endpoint.getId());
    } else {
      seen.put(endpoint.getId(), endpoint.getProperties());
    }
  }

  private static Map<String, Integer> byName(Collection<Object> endpoints) {
    Map<String, Integer> numbers = new HashMap<>();
    for (Object each : endpoints) {
      Map<?, ?> properties = (Map<?, ?>) each;
      numbers.put((String) properties.get("name"), (Integer) properties.get("number"));
    }
    return numbers;
  }

  /** An interface of a user. */
  public interface Sharing {}

  /** Registered under its own name. */
  public static final class Shared implements Sharing, Runnable {
    @Override
    public void run() {}
  }
}
