package org.fluidosgi.topology.internal;

import static org.awaitility.Awaitility.await;
import static org.fluidosgi.topology.internal.TestFramework.endpoint;
import static org.fluidosgi.topology.internal.TestFramework.listener;
import static org.fluidosgi.topology.internal.TestFramework.oldListener;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.fluidosgi.topology.spi.Region;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceListener;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.remoteserviceadmin.EndpointDescription;
import org.osgi.service.remoteserviceadmin.EndpointEvent;
import org.osgi.service.remoteserviceadmin.EndpointEventListener;
import org.osgi.service.remoteserviceadmin.RemoteServiceAdmin;

class ImportTest {
  @TempDir
  Path storage;

  private TestFramework framework;
  private BundleContext context;
  private TopologyManager manager;
  private FakeRemoteAdmin admin;
  private ServiceRegistration<RemoteServiceAdmin> adminService;
  private Bundle discovery;

  private void start(String... settings) throws Exception {
    framework = new TestFramework(storage, Map.of());
    context = framework.context();
    admin = new FakeRemoteAdmin(context);
    adminService = context.registerService(RemoteServiceAdmin.class, admin, null);
    Map<String, String> map = settings.length == 0 ? Map.of() : Map.of(settings[0], settings[1]);
    manager = new TopologyManager(
        framework.bundle("topology").getBundleContext(), Options.read(map::get));
    manager.start();
    discovery = framework.bundle("discovery");
  }

  @AfterEach
  void stop() throws Exception {
    manager.close();
    assertEquals(List.of(), admin.wrongThreads());
    assertEquals(List.of(), admin.imported());
    framework.close();
  }

  private static void tell(Bundle source, int type, EndpointDescription endpoint) {
    listener(source).endpointChanged(new EndpointEvent(type, endpoint), "(objectClass=*)");
  }

  private void expectImported(String... ids) {
    await().untilAsserted(() -> assertEquals(List.of(ids), admin.imported()));
  }

  @Test
  void anEndpointIsImportedUpdatedAndDropped() throws Exception {
    start();
    tell(discovery, EndpointEvent.ADDED, endpoint("a", "colour", "red"));
    expectImported("a");
    tell(discovery, EndpointEvent.MODIFIED, endpoint("a", "colour", "blue"));
    await().until(() -> admin.importedProperty("a", "colour").equals("blue"));
    tell(discovery, EndpointEvent.REMOVED, endpoint("a"));
    expectImported();
    assertEquals(List.of("import a", "update a", "close a"), admin.calls());
  }

  @Test
  void severalSourcesMakeOneImportUntilTheLastWithdraws() throws Exception {
    start();
    Bundle second = framework.bundle("second");
    tell(discovery, EndpointEvent.ADDED, endpoint("a"));
    tell(second, EndpointEvent.ADDED, endpoint("a"));
    tell(second, EndpointEvent.ADDED, endpoint("a"));
    tell(discovery, EndpointEvent.REMOVED, endpoint("a"));
    tell(discovery, EndpointEvent.ADDED, endpoint("b"));
    expectImported("a", "b");
    tell(second, EndpointEvent.REMOVED, endpoint("a"));
    expectImported("b");
    assertEquals(List.of("import a", "import b", "close a"), admin.calls());
  }

  @Test
  void whatAStoppedSourceAnnouncedIsDropped() throws Exception {
    start();
    Bundle second = framework.bundle("second");
    tell(second, EndpointEvent.ADDED, endpoint("a"));
    tell(second, EndpointEvent.ADDED, endpoint("b"));
    tell(discovery, EndpointEvent.ADDED, endpoint("b"));
    expectImported("a", "b");
    second.stop();
    expectImported("b");
  }

  @Test
  void aSourceThatSpeaksBothInterfacesMakesNoFlap() throws Exception {
    start();
    tell(discovery, EndpointEvent.ADDED, endpoint("a", "colour", "red"));
    oldListener(discovery).endpointAdded(endpoint("a", "colour", "red"), "");
    expectImported("a");
    tell(discovery, EndpointEvent.MODIFIED, endpoint("a", "colour", "blue"));
    oldListener(discovery).endpointRemoved(endpoint("a", "colour", "red"), "");
    oldListener(discovery).endpointAdded(endpoint("a", "colour", "blue"), "");
    await().until(() -> admin.importedProperty("a", "colour").equals("blue"));
    tell(discovery, EndpointEvent.REMOVED, endpoint("a"));
    oldListener(discovery).endpointRemoved(endpoint("a"), "");
    expectImported();
    assertEquals(List.of("import a", "update a", "close a"), admin.calls());
  }

  @Test
  void anOldSourceIsHeard() throws Exception {
    start();
    oldListener(discovery).endpointAdded(endpoint("a"), "");
    expectImported("a");
    oldListener(discovery).endpointRemoved(endpoint("a"), "");
    expectImported();
  }

  @Test
  void ownEndpointsAndThoseOutsideTheFilterAreNotImported() throws Exception {
    start(Options.IMPORT_FILTER, "(colour=red)");
    String own = context.getProperty(Constants.FRAMEWORK_UUID);
    tell(
        discovery,
        EndpointEvent.ADDED,
        endpoint("own", "endpoint.framework.uuid", own, "colour", "red"));
    tell(discovery, EndpointEvent.ADDED, endpoint("blue", "colour", "blue"));
    tell(discovery, EndpointEvent.ADDED, endpoint("red", "colour", "red"));
    expectImported("red");
    tell(discovery, EndpointEvent.MODIFIED, endpoint("red", "colour", "blue"));
    expectImported();
    tell(discovery, EndpointEvent.MODIFIED, endpoint("red", "colour", "red"));
    expectImported("red");
    tell(discovery, EndpointEvent.MODIFIED_ENDMATCH, endpoint("red", "colour", "red"));
    expectImported();
  }

  @Test
  void endpointsOfOtherRegionsAreNotImported() throws Exception {
    start(Region.PROPERTY, "east");
    tell(discovery, EndpointEvent.ADDED, endpoint("west", Region.PROPERTY, "west"));
    tell(discovery, EndpointEvent.ADDED, endpoint("east", Region.PROPERTY, "east"));
    tell(discovery, EndpointEvent.ADDED, endpoint("everybody's"));
    expectImported("east", "everybody's");
  }

  @Test
  void theScopeTellsWhatIsWanted() throws Exception {
    start(Options.IMPORT_FILTER, "(colour=red)");
    String[] scope = (String[]) context
        .getServiceReference(EndpointEventListener.class)
        .getProperty(EndpointEventListener.ENDPOINT_LISTENER_SCOPE);
    assertEquals(1, scope.length);
    assertTrue(endpoint("x", "colour", "red").matches(scope[0]));
    assertTrue(!endpoint("x", "colour", "blue").matches(scope[0]));
  }

  @Test
  void aFailedImportIsTriedAgainWhenTheRemoteAdminsChange() throws Exception {
    start();
    admin.failImports(new IllegalStateException("on purpose"));
    tell(discovery, EndpointEvent.ADDED, endpoint("a"));
    tell(discovery, EndpointEvent.ADDED, endpoint("a"));
    await().until(() -> admin.calls().contains("import a"));
    admin.failImports(null);
    tell(discovery, EndpointEvent.ADDED, endpoint("b"));
    expectImported("b");
    assertEquals(List.of("import a", "import b"), admin.calls());
    FakeRemoteAdmin second = new FakeRemoteAdmin(context);
    second.ignoreAll();
    context.registerService(RemoteServiceAdmin.class, second, null);
    expectImported("a", "b");
  }

  @Test
  void theNextRemoteAdminTakesOverFromOneThatLeft() throws Exception {
    start();
    FakeRemoteAdmin second = new FakeRemoteAdmin(context);
    context.registerService(RemoteServiceAdmin.class, second, null);
    tell(discovery, EndpointEvent.ADDED, endpoint("a"));
    expectImported("a");
    assertEquals(List.of(), second.imported());
    adminService.unregister();
    await().untilAsserted(() -> assertEquals(List.of("a"), second.imported()));
    expectImported();
  }

  @Test
  void announcedBeforeThereIsARemoteAdmin() throws Exception {
    start();
    adminService.unregister();
    tell(discovery, EndpointEvent.ADDED, endpoint("a"));
    adminService = context.registerService(RemoteServiceAdmin.class, admin, null);
    expectImported("a");
  }

  @Test
  void whatAnotherUserImportedIsLeftToIt() throws Exception {
    start();
    FakeRemoteAdmin.Import other = (FakeRemoteAdmin.Import) admin.importForAnother(endpoint("a"));
    tell(discovery, EndpointEvent.ADDED, endpoint("a"));
    tell(discovery, EndpointEvent.ADDED, endpoint("b"));
    expectImported("a", "b");
    assertEquals(List.of("import b"), admin.calls());
    other.closeForAnother();
    await().until(() -> admin.calls().contains("import a"));
    expectImported("a", "b");
  }

  @Test
  void anImportThatTheRemoteAdminGaveUpIsNotTriedInALoop() throws Exception {
    start();
    tell(discovery, EndpointEvent.ADDED, endpoint("a", "colour", "red"));
    expectImported("a");
    admin.lose("a");
    tell(discovery, EndpointEvent.ADDED, endpoint("b"));
    expectImported("b");
    tell(discovery, EndpointEvent.MODIFIED, endpoint("a", "colour", "blue"));
    expectImported("a", "b");
    assertEquals(List.of("import a", "import b", "import a"), admin.calls());
  }

  @Test
  void aRefusedUpdateKeepsTheImport() throws Exception {
    start();
    tell(discovery, EndpointEvent.ADDED, endpoint("a", "colour", "red"));
    expectImported("a");
    admin.refuseUpdates();
    tell(discovery, EndpointEvent.MODIFIED, endpoint("a", "colour", "blue"));
    tell(discovery, EndpointEvent.ADDED, endpoint("b"));
    expectImported("a", "b");
    assertEquals("red", admin.importedProperty("a", "colour"));
    assertEquals(List.of("import a", "update a", "import b"), admin.calls());
  }

  @Test
  void aRemoteAdminThatCannotTellWhatItImportedIsStillUsed() throws Exception {
    start();
    admin.failToList();
    tell(discovery, EndpointEvent.ADDED, endpoint("a"));
    expectImported("a");
  }

  @Test
  void manualImportsNothing() throws Exception {
    start(Options.IMPORT, "manual");
    assertNull(context.getServiceReference(EndpointEventListener.class));
  }

  @Test
  void interestImportsWhatIsListenedForOrLookedUp() throws Exception {
    start(Options.IMPORT, "interest");
    tell(discovery, EndpointEvent.ADDED, endpoint("a", "colour", "red"));
    tell(discovery, EndpointEvent.ADDED, endpoint("b", "colour", "blue"));
    tell(discovery, EndpointEvent.ADDED, endpoint("c", "colour", "green"));
    BundleContext consumer = framework.bundle("consumer").getBundleContext();
    ServiceListener everything = event -> {};
    consumer.addServiceListener(everything);
    ServiceListener red = event -> {};
    consumer.addServiceListener(red, "(&(objectClass=some.Service)(colour=red))");
    expectImported("a");
    assertNull(consumer.getServiceReferences("some.Service", "(colour=blue)"));
    expectImported("a", "b");
    consumer.removeServiceListener(red);
    expectImported("b");
    consumer.addServiceListener(red, "(colour=*)");
    expectImported("a", "b", "c");
    assertEquals(List.of("import a", "import b", "close a", "import a", "import c"), admin.calls());
  }

  @RepeatedTest(8)
  void settlesAfterAnyStorm(RepetitionInfo repetition) throws Exception {
    long seed = 4_711L * repetition.getCurrentRepetition();
    start();
    List<Bundle> sources = new ArrayList<>();
    List<Thread> threads = new ArrayList<>();
    List<Set<String>> last = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      Bundle source = framework.bundle("storm" + i);
      Random random = new Random(seed + i);
      Set<String> announced = new TreeSet<>();
      sources.add(source);
      last.add(announced);
      threads.add(new Thread(() -> {
        for (int n = 0; n < 300; n++) {
          String id = "e" + random.nextInt(6);
          if (random.nextInt(3) > 0) {
            announced.add(id);
            tell(source, EndpointEvent.ADDED, endpoint(id, "n", random.nextInt(3)));
          } else {
            announced.remove(id);
            tell(source, EndpointEvent.REMOVED, endpoint(id));
          }
        }
      }));
    }
    threads.forEach(Thread::start);
    for (int n = 0; n < 20; n++) {
      adminService.unregister();
      adminService = context.registerService(RemoteServiceAdmin.class, admin, null);
    }
    for (Thread thread : threads) {
      thread.join();
    }
    Set<String> all = new TreeSet<>();
    last.forEach(all::addAll);
    await("seed " + seed).untilAsserted(() -> assertEquals(List.copyOf(all), admin.imported()));
    for (Bundle source : sources) {
      source.stop();
    }
    expectImported();
  }

  @Test
  void settingsNameKeyValueAndWhatIsExpected() throws Exception {
    start();
    for (String[] bad : List.of(
        new String[] {Options.IMPORT, "always"},
        new String[] {Options.IMPORT_FILTER, "(broken"},
        new String[] {Options.EXPORT_FILTER, "broken"},
        new String[] {Region.PROPERTY, "far east)"},
        new String[] {Options.EXPORT_CONFIGS_REQUIRED, "yes"})) {
      String message = assertThrows(
              IllegalArgumentException.class, () -> Options.read(Map.of(bad[0], bad[1])::get))
          .getMessage();
      assertTrue(message.startsWith(bad[0] + "=" + bad[1] + ": "), message);
    }
  }
}
