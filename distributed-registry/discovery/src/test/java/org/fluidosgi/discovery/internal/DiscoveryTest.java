package org.fluidosgi.discovery.internal;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.apache.felix.framework.FrameworkFactory;
import org.awaitility.Awaitility;
import org.fluidosgi.channel.NodeId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;
import org.osgi.framework.launch.Framework;
import org.osgi.service.remoteserviceadmin.EndpointDescription;
import org.osgi.service.remoteserviceadmin.EndpointEvent;
import org.osgi.service.remoteserviceadmin.EndpointEventListener;

/** Listener services in a real framework, records from a fake store. */
@SuppressWarnings("deprecation")
class DiscoveryTest {
  private static final String SCOPE = "endpoint.listener.scope";
  private static final NodeId B = new NodeId(new UUID(20, 1));
  private static final NodeId C = new NodeId(new UUID(30, 1));

  @TempDir
  private Path storage;

  private final FakeStore store = new FakeStore();
  private final FakeNode node = new FakeNode();
  private Framework framework;
  private BundleContext listenerContext;
  private Discovery discovery;

  @BeforeEach
  void startFramework() throws Exception {
    framework = new FrameworkFactory()
        .newFramework(Map.of(
            "org.osgi.framework.storage",
            storage.toString(),
            "org.osgi.framework.system.packages.extra",
            "org.osgi.service.remoteserviceadmin;version=1.1.0"));
    framework.start();
    ByteArrayOutputStream jar = new ByteArrayOutputStream();
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().putValue("Manifest-Version", "1.0");
    manifest.getMainAttributes().putValue("Bundle-ManifestVersion", "2");
    manifest.getMainAttributes().putValue("Bundle-SymbolicName", "listeners");
    new JarOutputStream(jar, manifest).close();
    Bundle bundle = framework
        .getBundleContext()
        .installBundle("listeners", new ByteArrayInputStream(jar.toByteArray()));
    bundle.start();
    listenerContext = bundle.getBundleContext();
    discovery = new Discovery(framework.getBundleContext(), node, store);
  }

  @AfterEach
  void stopFramework() throws Exception {
    discovery.close();
    framework.stop();
    framework.waitForStop(10_000);
  }

  /** Notes calls of both interfaces as text. */
  private static class Recording
      implements EndpointEventListener, org.osgi.service.remoteserviceadmin.EndpointListener {
    final List<String> calls = new CopyOnWriteArrayList<>();

    @Override
    public void endpointChanged(EndpointEvent event, String filter) {
      String type = switch (event.getType()) {
        case EndpointEvent.ADDED -> "ADDED";
        case EndpointEvent.MODIFIED -> "MODIFIED";
        case EndpointEvent.MODIFIED_ENDMATCH -> "ENDMATCH";
        case EndpointEvent.REMOVED -> "REMOVED";
        default -> "?";
      };
      calls.add(type + " " + event.getEndpoint().getId() + " " + filter);
    }

    @Override
    public void endpointAdded(EndpointDescription endpoint, String filter) {
      calls.add("added " + endpoint.getId() + " " + filter);
    }

    @Override
    public void endpointRemoved(EndpointDescription endpoint, String filter) {
      calls.add("removed " + endpoint.getId() + " " + filter);
    }
  }

  private ServiceRegistration<?> register(Object listener, Object scope, Class<?>... types) {
    Dictionary<String, Object> properties = new Hashtable<>();
    if (scope != null) {
      properties.put(SCOPE, scope);
    }
    String[] names = java.util.Arrays.stream(types).map(Class::getName).toArray(String[]::new);
    return listenerContext.registerService(names, listener, properties);
  }

  private Recording events(Object scope) {
    Recording listener = new Recording();
    register(listener, scope, EndpointEventListener.class);
    return listener;
  }

  private Recording plain(Object scope) {
    Recording listener = new Recording();
    register(listener, scope, org.osgi.service.remoteserviceadmin.EndpointListener.class);
    return listener;
  }

  private void awaitCalls(Recording listener, String... calls) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(() -> assertEquals(List.of(calls), listener.calls));
  }

  /** A last endpoint that everybody hears of: what came before it has been told. */
  private void flush(Recording witness) {
    store.put(C, 0, Endpoints.of("flush"));
    Awaitility.await()
        .atMost(Duration.ofSeconds(10))
        .until(() -> witness.calls.stream().anyMatch(c -> c.contains(" flush ")));
  }

  @Test
  void eventListenerHearsOfEachChangeOnce() {
    Recording listener = events("(endpoint.framework.uuid=other)");
    store.put(B, 0, Endpoints.of("e1"));
    awaitCalls(listener, "ADDED e1 (endpoint.framework.uuid=other)");
    store.put(B, 0, Endpoints.of("e1")); // says nothing new
    store.put(B, 0, Endpoints.of("e1", "a", 1));
    awaitCalls(
        listener,
        "ADDED e1 (endpoint.framework.uuid=other)",
        "MODIFIED e1 (endpoint.framework.uuid=other)");
    store.remove(B, "e1");
    awaitCalls(
        listener,
        "ADDED e1 (endpoint.framework.uuid=other)",
        "MODIFIED e1 (endpoint.framework.uuid=other)",
        "REMOVED e1 (endpoint.framework.uuid=other)");
  }

  @Test
  void oldListenerHearsOfAModificationAsRemovedAndAdded() {
    Recording listener = plain("(a=*)");
    store.put(B, 0, Endpoints.of("e1", "a", 1));
    awaitCalls(listener, "added e1 (a=*)");
    store.put(B, 0, Endpoints.of("e1", "a", 2));
    awaitCalls(listener, "added e1 (a=*)", "removed e1 (a=*)", "added e1 (a=*)");
    store.put(B, 0, Endpoints.of("e1"));
    awaitCalls(
        listener, "added e1 (a=*)", "removed e1 (a=*)", "added e1 (a=*)", "removed e1 (a=*)");
  }

  @Test
  void serviceUnderBothInterfacesIsCalledOnTheNewOne() {
    Recording listener = new Recording();
    register(
        listener,
        "(a=1)",
        EndpointEventListener.class,
        org.osgi.service.remoteserviceadmin.EndpointListener.class);
    store.put(B, 0, Endpoints.of("e1", "a", 1));
    awaitCalls(listener, "ADDED e1 (a=1)");
    Recording witness = events("(endpoint.id=flush)");
    flush(witness);
    assertEquals(List.of("ADDED e1 (a=1)"), listener.calls);
  }

  @Test
  void firstMatchingFilterIsPassed() {
    Recording array = events(new String[] {"(a=2)", "(A=1)", "(a=*)"});
    Recording list = events(List.of("(a=*)", "(a=1)"));
    store.put(B, 0, Endpoints.of("e1", "a", 1));
    awaitCalls(array, "ADDED e1 (A=1)");
    awaitCalls(list, "ADDED e1 (a=*)");
  }

  @Test
  void emptyMissingOrBrokenScopeIsNeverCalled() {
    List<Recording> silent = List.of(
        events(""),
        events(null),
        events(new String[0]),
        events("((broken"),
        plain(""),
        plain(null));
    store.put(B, 0, Endpoints.of("e1"));
    flush(events("(endpoint.id=flush)"));
    silent.forEach(listener -> assertEquals(List.of(), listener.calls));
  }

  @Test
  void brokenFilterDoesNotHideTheOthers() {
    Recording listener = events(new String[] {"((broken", "(a=1)"});
    store.put(B, 0, Endpoints.of("e1", "a", 1));
    awaitCalls(listener, "ADDED e1 (a=1)");
  }

  @Test
  void modificationOutOfScopeIsAnEndMatch() {
    Recording listener = events("(a=1)");
    store.put(B, 0, Endpoints.of("e1", "a", 1));
    awaitCalls(listener, "ADDED e1 (a=1)");
    store.put(B, 0, Endpoints.of("e1", "a", 2));
    awaitCalls(listener, "ADDED e1 (a=1)", "ENDMATCH e1 (a=1)");
    store.remove(B, "e1");
    flush(events("(endpoint.id=flush)"));
    assertEquals(2, listener.calls.size());
  }

  @Test
  void listenerThatComesLaterIsToldWhatIsKnown() {
    Recording first = events("(a=1)");
    store.put(B, 0, Endpoints.of("e1", "a", 1));
    awaitCalls(first, "ADDED e1 (a=1)");
    Recording later = events("(a=1)");
    awaitCalls(later, "ADDED e1 (a=1)");
    Recording laterPlain = plain("(a=1)");
    awaitCalls(laterPlain, "added e1 (a=1)");
  }

  @Test
  void changedScopeTellsTheDifference() {
    Recording listener = new Recording();
    ServiceRegistration<?> service = register(listener, "(a=1)", EndpointEventListener.class);
    store.put(B, 0, Endpoints.of("e1", "a", 1));
    store.put(B, 0, Endpoints.of("e2", "a", 2));
    store.put(B, 0, Endpoints.of("e3", "a", 1, "b", 1));
    Awaitility.await().until(() -> listener.calls.size() == 2);
    listener.calls.clear();
    service.setProperties(new Hashtable<>(Map.of(SCOPE, new String[] {"(a=2)", "(b=1)"})));
    Awaitility.await().until(() -> listener.calls.size() == 2);
    assertEquals(
        List.of("ADDED e2 (a=2)", "ENDMATCH e1 (a=1)"),
        listener.calls.stream().sorted().toList());
  }

  @Test
  void listenerThatLeavesIsNotCalledAnyMore() {
    Recording listener = new Recording();
    ServiceRegistration<?> service = register(listener, "(a=1)", EndpointEventListener.class);
    store.put(B, 0, Endpoints.of("e1", "a", 1));
    awaitCalls(listener, "ADDED e1 (a=1)");
    service.unregister();
    store.remove(B, "e1");
    flush(events("(endpoint.id=flush)"));
    assertEquals(1, listener.calls.size());
  }

  @Test
  void failingListenerDoesNotStarveTheOthers() {
    register(
        (EndpointEventListener) (event, filter) -> {
          throw new IllegalStateException("no");
        },
        "(a=*)",
        EndpointEventListener.class);
    Recording listener = events("(a=*)");
    store.put(B, 0, Endpoints.of("e1", "a", 1));
    awaitCalls(listener, "ADDED e1 (a=*)");
  }

  @Test
  void endpointThatMovesIsModified() {
    Recording listener = events("(a=*)");
    store.put(B, 1, Endpoints.of("e1", "a", "at B"));
    awaitCalls(listener, "ADDED e1 (a=*)");
    store.put(C, 2, Endpoints.of("e1", "a", "at C"));
    awaitCalls(listener, "ADDED e1 (a=*)", "MODIFIED e1 (a=*)");
    store.remove(B, "e1");
    store.remove(C, "e1");
    awaitCalls(listener, "ADDED e1 (a=*)", "MODIFIED e1 (a=*)", "REMOVED e1 (a=*)");
  }

  @Test
  void ownRecordsAndRecordsThatAreNoEndpointsAreNotTold() {
    Recording listener = events("(endpoint.id=*)");
    store.put(node.id, 0, Endpoints.of("mine"));
    flush(listener);
    assertEquals(List.of("ADDED flush (endpoint.id=*)"), listener.calls);
  }

  @Test
  void serviceOfDiscoveryIsScopedToThisFramework() {
    BundleContext context = framework.getBundleContext();
    ServiceReference<?> events = context.getServiceReference(EndpointEventListener.class.getName());
    ServiceReference<?> plain = context.getServiceReference(
        org.osgi.service.remoteserviceadmin.EndpointListener.class.getName());
    assertEquals(events, plain);
    assertEquals(
        "(endpoint.framework.uuid=" + context.getProperty("org.osgi.framework.uuid") + ")",
        events.getProperty(SCOPE));
  }

  @Test
  void bundleThatStopsTakesItsEndpointsAlong() throws Exception {
    ServiceReference<EndpointEventListener> reference =
        listenerContext.getServiceReference(EndpointEventListener.class);
    EndpointEventListener service = listenerContext.getService(reference);
    service.endpointChanged(new EndpointEvent(EndpointEvent.ADDED, Endpoints.of("mine")), "f");
    assertEquals("mine", store.published.get(0).name());
    listenerContext.getBundle().stop();
    assertEquals(List.of("mine"), store.withdrawn);
  }

  @Test
  void closingTellsListenersAndLeavesNothing() {
    Recording listener = events("(a=*)");
    store.put(B, 0, Endpoints.of("e1", "a", 1));
    awaitCalls(listener, "ADDED e1 (a=*)");
    discovery.close();
    assertEquals(List.of("ADDED e1 (a=*)", "REMOVED e1 (a=*)"), listener.calls);
    assertEquals(0, store.subscribers());
    // A pool has ended a moment before its last thread has.
    await()
        .atMost(Duration.ofSeconds(10))
        .until(() -> Thread.getAllStackTraces().keySet().stream()
            .noneMatch(thread -> thread.getName().startsWith("fluid-discovery")));
  }
}
