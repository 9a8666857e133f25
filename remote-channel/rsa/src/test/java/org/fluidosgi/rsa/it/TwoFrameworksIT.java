package org.fluidosgi.rsa.it;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceEvent;
import org.osgi.framework.ServiceException;
import org.osgi.framework.ServiceListener;
import org.osgi.framework.ServiceReference;
import org.osgi.service.remoteserviceadmin.EndpointDescription;
import org.osgi.service.remoteserviceadmin.ExportRegistration;
import org.osgi.service.remoteserviceadmin.ImportRegistration;
import org.osgi.service.remoteserviceadmin.RemoteConstants;
import org.osgi.util.tracker.ServiceTracker;

/** A service of one framework used in another, both in this JVM, over the real channel. */
class TwoFrameworksIT {
  @TempDir
  Path directory;

  private Acme acme;
  private TestNode exporter;
  private TestNode importer;
  private ExportRegistration export;
  private ImportRegistration imported;

  private void open(String kind) throws Exception {
    open(kind, Map.of());
  }

  private void open(String kind, Map<String, String> more) throws Exception {
    acme = new Acme(directory.resolve("classes"));
    exporter = new TestNode(kind, "a", directory, Map.of());
    importer = new TestNode(kind, "b", directory, more);
    exporter.start(acme.api, acme.apiClasses);
    exporter.start(acme.extra, acme.extraClasses);
    TinyBundle provider = acme.provider();
    exporter.start(provider, acme.compile(provider));
  }

  private void share() {
    ServiceReference<?> service = exporter.context().getServiceReference(Acme.GREETER);
    export = exporter.admin().exportService(service, null).iterator().next();
    assertNull(export.getException());
    EndpointDescription endpoint = export.getExportReference().getExportedEndpoint();
    imported = importer.admin().importService(new EndpointDescription(endpoint.getProperties()));
    assertNotNull(imported);
    assertNull(imported.getException());
  }

  private Bundle consume() throws Exception {
    importer.start(acme.api, acme.apiClasses);
    TinyBundle consumer = acme.importingConsumer();
    return importer.start(consumer, acme.compile(consumer));
  }

  private Object ask(String command) throws Exception {
    return importer.function("consumer").apply(command);
  }

  @AfterEach
  void close() throws Exception {
    if (importer != null) {
      importer.close();
    }
    if (exporter != null) {
      exporter.close();
    }
    await().atMost(Duration.ofSeconds(10)).until(() -> threads().isEmpty());
  }

  private static List<String> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.startsWith("fluid-"))
        .toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {TestNode.FELIX, TestNode.EQUINOX})
  void aWiredConsumerCallsEverything(String kind) throws Exception {
    open(kind);
    consume();
    share();
    await().atMost(Duration.ofSeconds(5)).until(() -> ask("events").equals(1));
    assertEquals("hello world", ask("greet"));
    assertEquals("hello hello world", ask("twice"));
    assertEquals("Employee ann 40 b7 true", ask("find"));
    assertEquals("caught nobody no nobody acme.provider.Activator", ask("nobody"));
    assertEquals("abtruetrue", ask("marry"));
    assertEquals("[3, 2, 1, end]", ask("reverse"));
    assertEquals(List.of(1, "two", 3.0), ask("odd"));
    assertEquals("later joe", ask("later"));
    assertEquals("promised joe", ask("promised"));
    assertEquals("future joe", ask("future"));
    assertTrue(
        ask("identity").toString().startsWith("true false true remote acme.api.Greeter"),
        ask("identity").toString());
    assertEquals("acme.api.Greeter acme.extra.Counter", ask("names"));
  }

  @ParameterizedTest
  @ValueSource(strings = {TestNode.FELIX, TestNode.EQUINOX})
  void failuresAreClearAndNeverHang(String kind) throws Exception {
    open(kind);
    consume();
    share();
    IllegalStateException state = assertInstanceOf(IllegalStateException.class, ask("state"));
    assertEquals("bad state", state.getMessage());
    assertEquals("disk", state.getCause().getMessage());
    assertEquals("acme.provider.Activator", state.getStackTrace()[0].getClassName());
    ServiceException hidden = assertInstanceOf(ServiceException.class, ask("hidden"));
    assertEquals(ServiceException.REMOTE, hidden.getType());
    assertTrue(hidden.getMessage().contains("acme.provider.Hidden: secret"), hidden.getMessage());
    ServiceException error = assertInstanceOf(ServiceException.class, ask("error"));
    assertTrue(error.getMessage().contains("StackOverflowError"), error.getMessage());
    assertEquals(
        "later",
        assertInstanceOf(IllegalStateException.class, ask("later fails")).getMessage());
    ServiceException forbidden = assertInstanceOf(ServiceException.class, ask("forbidden"));
    assertTrue(
        forbidden.getMessage().contains("java.lang.Thread is not allowed"), forbidden.getMessage());
    assertTrue(forbidden.getMessage().contains("effect none"), forbidden.getMessage());
    ServiceException result = assertInstanceOf(ServiceException.class, ask("forbidden result"));
    assertTrue(result.getMessage().contains("effect done"), result.getMessage());
    long before = System.nanoTime();
    ServiceException late = assertInstanceOf(ServiceException.class, ask("slow"));
    assertEquals(ServiceException.REMOTE, late.getType());
    assertTrue(late.getMessage().contains("2000 ms"), late.getMessage());
    assertTrue(Duration.ofNanos(System.nanoTime() - before).toMillis() < 10_000);
    assertEquals("hello world", ask("greet"));
  }

  @ParameterizedTest
  @ValueSource(strings = {TestNode.FELIX, TestNode.EQUINOX})
  void consumersOfEveryKindSeeTheProxy(String kind) throws Exception {
    open(kind);
    share();
    TinyBundle blind = acme.nonImportingConsumer();
    importer.start(blind, acme.compile(blind));
    assertEquals(
        "null service", importer.function("blind").apply("greet"), "no interface anywhere yet");
    consume(); // installed after the import
    assertEquals("hello world", ask("greet"));
    assertEquals("hello blind", importer.function("blind").apply("greet"));
    TinyBundle own = acme.consumerWithPrivateCopy();
    importer.start(own, acme.compile(own));
    assertEquals("hello copy", importer.function("private").apply("copy"));
  }

  @ParameterizedTest
  @ValueSource(strings = {TestNode.FELIX, TestNode.EQUINOX})
  void versionsAreKeptApart(String kind) throws Exception {
    open(kind);
    importer.start(acme.api2, acme.api2Classes);
    TinyBundle second = acme.consumerOfVersion2();
    importer.start(second, acme.compile(second));
    consume();
    share();
    assertEquals("absent", importer.function("consumer2").apply("greet"));
    assertEquals(0, importer.function("consumer2").apply("events"));
    assertEquals("hello world", ask("greet"));
  }

  @ParameterizedTest
  @ValueSource(strings = {TestNode.FELIX, TestNode.EQUINOX})
  void aLocalServiceHidesTheEarlierProxy(String kind) throws Exception {
    open(kind);
    BundleContext consumer = consume().getBundleContext();
    share();
    ServiceReference<?> proxy = consumer.getServiceReference(Acme.GREETER);
    assertEquals("true", proxy.getProperty(RemoteConstants.SERVICE_IMPORTED));
    Bundle provider = startLocally();
    ServiceReference<?> local = consumer.getServiceReference(Acme.GREETER);
    assertEquals(provider, local.getBundle());
    Object service = consumer.getService(local);
    assertSame(provider.getBundleContext().getService(local), service);
    assertFalse(Proxy.isProxyClass(service.getClass()));
    assertArrayEquals(
        new Object[] {local}, consumer.getServiceReferences(Acme.GREETER, "(!(x=y))"));
    String byFilter = "(objectClass=" + Acme.GREETER + ")";
    assertArrayEquals(new Object[] {local}, consumer.getServiceReferences((String) null, byFilter));
    assertEquals(2, consumer.getAllServiceReferences(Acme.GREETER, null).length);
    assertArrayEquals(
        new Object[] {proxy}, consumer.getServiceReferences(Acme.GREETER, "(service.imported=*)"));
    ServiceTracker<Object, Object> tracker = new ServiceTracker<>(consumer, Acme.GREETER, null);
    tracker.open();
    assertArrayEquals(new Object[] {local}, tracker.getServiceReferences());
    List<Integer> told = new CopyOnWriteArrayList<>();
    ServiceListener listener = event -> {
      if (event.getServiceReference().equals(proxy)) {
        told.add(event.getType());
      }
    };
    consumer.addServiceListener(listener);
    consumer.registerService(Acme.GREETER, service, null).unregister();
    assertEquals(List.of(), told, "another local service still hides it");
    provider.stop();
    assertEquals(List.of(ServiceEvent.MODIFIED), told);
    consumer.removeServiceListener(listener);
    assertArrayEquals(new Object[] {proxy}, tracker.getServiceReferences());
    tracker.close();
    assertEquals(proxy, consumer.getServiceReference(Acme.GREETER));
    consumer.registerService(
        Acme.GREETER, service, FrameworkUtil.asDictionary(Map.of(Constants.SERVICE_RANKING, -1)));
    assertEquals(proxy, consumer.getServiceReference(Acme.GREETER));
    assertEquals(2, consumer.getServiceReferences(Acme.GREETER, null).length);
  }

  @ParameterizedTest
  @ValueSource(strings = {TestNode.FELIX, TestNode.EQUINOX})
  void aLocalServiceHidesNothingWhenThatIsSwitchedOff(String kind) throws Exception {
    open(kind, Map.of("fluid.rsa.prefer.local", "false"));
    BundleContext consumer = consume().getBundleContext();
    share();
    ServiceReference<?> proxy = consumer.getServiceReference(Acme.GREETER);
    startLocally();
    assertEquals(proxy, consumer.getServiceReference(Acme.GREETER));
    assertEquals(2, consumer.getServiceReferences(Acme.GREETER, null).length);
  }

  private Bundle startLocally() throws Exception {
    importer.start(acme.extra, acme.extraClasses);
    TinyBundle provider = acme.provider();
    return importer.start(provider, acme.compile(provider));
  }

  @ParameterizedTest
  @ValueSource(strings = {TestNode.FELIX, TestNode.EQUINOX})
  void unregistrationEndsTheExportAndCallsFailAtOnce(String kind) throws Exception {
    open(kind);
    consume();
    share();
    assertEquals("hello world", ask("greet"));
    for (Bundle bundle : exporter.context().getBundles()) {
      if ("acme.provider".equals(bundle.getSymbolicName())) {
        bundle.stop();
      }
    }
    assertNull(export.getExportReference());
    assertTrue(exporter.admin().getExportedServices().isEmpty());
    ServiceException gone = assertInstanceOf(ServiceException.class, ask("greet"));
    assertTrue(gone.getMessage().contains("effect none"), gone.getMessage());
    imported.close();
    assertEquals("absent", ask("greet"));
    ServiceException closed = assertInstanceOf(ServiceException.class, ask("kept"));
    assertEquals(ServiceException.UNREGISTERED, closed.getType());
    assertFalse(importer.admin().getImportedEndpoints().iterator().hasNext());
  }

  @ParameterizedTest
  @ValueSource(strings = {TestNode.FELIX, TestNode.EQUINOX})
  void aDeadPeerFailsCallsWithOneClearLine(String kind) throws Exception {
    open(kind);
    consume();
    share();
    assertEquals("hello world", ask("greet"));
    exporter.close();
    exporter = null;
    ServiceException dead = assertInstanceOf(ServiceException.class, ask("greet"));
    assertEquals(ServiceException.REMOTE, dead.getType());
    assertFalse(dead.getMessage().contains("\n"), dead.getMessage());
    assertTrue(dead.getMessage().contains("effect none"), dead.getMessage());
  }
}
