package org.fluidosgi.rsa.it;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;
import org.osgi.framework.Version;
import org.osgi.framework.wiring.BundleCapability;
import org.osgi.framework.wiring.BundleRevision;
import org.osgi.service.remoteserviceadmin.EndpointDescription;
import org.osgi.service.remoteserviceadmin.ExportReference;
import org.osgi.service.remoteserviceadmin.ExportRegistration;
import org.osgi.service.remoteserviceadmin.ImportReference;
import org.osgi.service.remoteserviceadmin.ImportRegistration;
import org.osgi.service.remoteserviceadmin.RemoteServiceAdmin;
import org.osgi.service.remoteserviceadmin.RemoteServiceAdminEvent;
import org.osgi.service.remoteserviceadmin.RemoteServiceAdminListener;

/** The clauses of Remote Service Admin 122 that need one node only; it imports its own endpoints. */
class RemoteServiceAdminIT {
  @TempDir
  Path directory;

  private TestNode node;
  private RemoteServiceAdmin admin;
  private ServiceRegistration<?> service;
  private final List<RemoteServiceAdminEvent> events =
      Collections.synchronizedList(new ArrayList<>());

  private void open(String kind) throws Exception {
    node = new TestNode(kind, "a", directory, Map.of());
    admin = node.admin();
    node.context()
        .registerService(
            RemoteServiceAdminListener.class,
            event -> {
              throw new IllegalStateException("a failing listener must not starve the others");
            },
            null);
    node.context().registerService(RemoteServiceAdminListener.class, events::add, null);
    Hashtable<String, Object> properties = new Hashtable<>();
    properties.put("mykey", "from the service");
    properties.put("service.exported.interfaces", "*");
    properties.put("service.exported.intents", "osgi.basic");
    properties.put(".private", "secret");
    properties.put("floats", new float[] {1.5f});
    properties.put("letters", Set.of("a"));
    Callable<Object> callable = () -> "called";
    service = node.context()
        .registerService(new String[] {"java.util.concurrent.Callable"}, callable, properties);
  }

  @AfterEach
  void close() throws Exception {
    node.close();
  }

  private List<ExportRegistration> export(Object... overrides) {
    Map<String, Object> map = new HashMap<>();
    for (int i = 0; i < overrides.length; i += 2) {
      map.put((String) overrides[i], overrides[i + 1]);
    }
    return List.copyOf(admin.exportService(service.getReference(), map));
  }

  private void expectOne(int type) {
    assertEquals(1, events.size(), () -> "events " + events);
    assertEquals(type, events.remove(0).getType());
  }

  @ParameterizedTest
  @ValueSource(strings = {TestNode.FELIX, TestNode.EQUINOX})
  void capabilitiesAndServiceProperties(String kind) throws Exception {
    open(kind);
    ServiceReference<RemoteServiceAdmin> reference =
        node.context().getServiceReference(RemoteServiceAdmin.class);
    assertArrayEquals(new String[] {"fluid.channel"}, (String[])
        reference.getProperty("remote.configs.supported"));
    assertTrue(List.of((String[]) reference.getProperty("remote.intents.supported"))
        .containsAll(List.of("osgi.basic", "osgi.async")));
    BundleCapability capability = reference
        .getBundle()
        .adapt(BundleRevision.class)
        .getDeclaredCapabilities("osgi.remoteserviceadmin.distribution")
        .get(0);
    assertEquals(List.of("fluid.channel"), capability.getAttributes().get("configs"));
    assertEquals(new Version("1.1.0"), capability.getAttributes().get("version"));
  }

  @ParameterizedTest
  @ValueSource(strings = {TestNode.FELIX, TestNode.EQUINOX})
  void anExportTellsEverythingAndIsClosedOnce(String kind) throws Exception {
    open(kind);
    ExportRegistration one =
        export("MyKey", "overridden", "OBJECTCLASS", "x.Y", "Service.Id", "z").get(0);
    expectOne(RemoteServiceAdminEvent.EXPORT_REGISTRATION);
    ExportReference reference = one.getExportReference();
    EndpointDescription endpoint = reference.getExportedEndpoint();
    Map<String, Object> properties = endpoint.getProperties();
    assertEquals(List.of("java.util.concurrent.Callable"), endpoint.getInterfaces());
    assertEquals("overridden", properties.get("mykey"));
    assertTrue(endpoint.getId().startsWith("urn:uuid:"));
    assertEquals(service.getReference().getProperty("service.id"), endpoint.getServiceId());
    assertEquals(
        node.context().getProperty("org.osgi.framework.uuid"), endpoint.getFrameworkUUID());
    assertEquals(List.of("fluid.channel"), endpoint.getConfigurationTypes());
    assertTrue(endpoint.getIntents().contains("osgi.basic"));
    assertNotNull(properties.get("service.imported"));
    assertNotNull(properties.get("fluid.channel.node"));
    assertTrue(properties.keySet().stream()
        .noneMatch(key -> key.startsWith("service.exported.") || key.startsWith(".")));
    assertArrayEquals(new float[] {1.5f}, (float[]) properties.get("floats"));

    ExportRegistration two = export("mykey", "overridden").get(0);
    expectOne(RemoteServiceAdminEvent.EXPORT_REGISTRATION);
    assertNotSame(one, two);
    ExportRegistration three = export("mykey", "other").get(0);
    expectOne(RemoteServiceAdminEvent.EXPORT_REGISTRATION);
    assertNotEquals(
        endpoint,
        three.getExportReference().getExportedEndpoint(),
        "other overrides, other endpoint");
    assertTrue(admin.getExportedServices().contains(reference));
    assertEquals(3, admin.getExportedServices().size());

    one.close();
    expectOne(RemoteServiceAdminEvent.EXPORT_UNREGISTRATION);
    one.close();
    assertEquals(0, events.size());
    assertNull(one.getExportReference());
    assertNull(one.getException());
    assertNull(reference.getExportedEndpoint());
    assertNull(reference.getExportedService());
    assertThrows(IllegalStateException.class, () -> one.update(null));
    assertNotNull(two.getExportReference().getExportedEndpoint());
    two.close();
    assertEquals(
        endpoint.getId(),
        export("mykey", "overridden")
            .get(0)
            .getExportReference()
            .getExportedEndpoint()
            .getId(),
        "the id is kept for the life of the service");
  }

  @ParameterizedTest
  @ValueSource(strings = {TestNode.FELIX, TestNode.EQUINOX})
  void twoExportsShareOneEndpoint(String kind) throws Exception {
    open(kind);
    EndpointDescription first = export().get(0).getExportReference().getExportedEndpoint();
    Collection<ExportRegistration> second = admin.exportService(service.getReference(), null);
    assertEquals(first, second.iterator().next().getExportReference().getExportedEndpoint());
    service.unregister();
    assertTrue(admin.getExportedServices().isEmpty());
    assertEquals(
        List.of(
            RemoteServiceAdminEvent.EXPORT_REGISTRATION,
            RemoteServiceAdminEvent.EXPORT_REGISTRATION,
            RemoteServiceAdminEvent.EXPORT_UNREGISTRATION,
            RemoteServiceAdminEvent.EXPORT_UNREGISTRATION),
        events.stream().map(RemoteServiceAdminEvent::getType).toList());
  }

  @ParameterizedTest
  @ValueSource(strings = {TestNode.FELIX, TestNode.EQUINOX})
  void whatCannotBeExported(String kind) throws Exception {
    open(kind);
    assertTrue(export("service.exported.configs", "unknown.type").isEmpty());
    assertTrue(export("service.exported.intents", "unknown").isEmpty());
    assertTrue(export("service.exported.intents.extra", List.of("unknown")).isEmpty());
    assertThrows(
        IllegalArgumentException.class,
        () -> export("service.exported.interfaces", "java.lang.Runnable"));
    assertThrows(IllegalArgumentException.class, () -> export("fluid.channel.node", new Object()));
    assertThrows(IllegalArgumentException.class, () -> export("service.exported.configs", 7));
    assertEquals(0, events.size());
    ServiceRegistration<?> noInterface = node.context()
        .registerService(
            String.class, "text", new Hashtable<>(Map.of("service.exported.interfaces", "*")));
    ExportRegistration invalid =
        admin.exportService(noInterface.getReference(), null).iterator().next();
    assertNotNull(invalid.getException());
    assertThrows(IllegalStateException.class, invalid::getExportReference);
    assertNotNull(events.get(0).getExportReference());
    assertNotNull(events.get(0).getException());
    expectOne(RemoteServiceAdminEvent.EXPORT_ERROR);
    invalid.close();
    assertEquals(0, events.size());
    ServiceRegistration<?> unmarked =
        node.context().registerService(Runnable.class, () -> {}, null);
    assertThrows(
        IllegalArgumentException.class, () -> admin.exportService(unmarked.getReference(), null));
  }

  @ParameterizedTest
  @ValueSource(strings = {TestNode.FELIX, TestNode.EQUINOX})
  void importsShareOneProxyAndAreUpdated(String kind) throws Exception {
    open(kind);
    ExportRegistration export = export().get(0);
    EndpointDescription endpoint = export.getExportReference().getExportedEndpoint();
    events.clear();
    Map<String, Object> foreign = new HashMap<>(endpoint.getProperties());
    foreign.put("service.imported.configs", "unknown.type");
    assertNull(admin.importService(new EndpointDescription(foreign)));
    ImportRegistration one = admin.importService(endpoint);
    expectOne(RemoteServiceAdminEvent.IMPORT_REGISTRATION);
    ImportRegistration two = admin.importService(endpoint);
    expectOne(RemoteServiceAdminEvent.IMPORT_REGISTRATION);
    assertNotSame(one, two);
    ImportReference reference = one.getImportReference();
    ServiceReference<?> proxy = reference.getImportedService();
    assertEquals(proxy, two.getImportReference().getImportedService());
    assertEquals(2, admin.getImportedEndpoints().size());
    assertArrayEquals(new float[] {1.5f}, (float[]) proxy.getProperty("floats"));
    assertEquals(Set.of("a"), proxy.getProperty("letters"));
    assertNull(proxy.getProperty(".private"));
    assertNotNull(proxy.getProperty("service.imported"));
    assertTrue(Arrays.asList(proxy.getPropertyKeys()).stream()
        .noneMatch(key -> key.startsWith("service.exported.")));
    assertEquals(
        "called",
        ((Callable<?>) node.context().getService(proxy)).call(),
        "a node calls its own endpoint");

    service.setProperties(
        new Hashtable<>(Map.of("mykey", "changed", "service.exported.interfaces", "*")));
    EndpointDescription changed = export.update(null);
    assertEquals("changed", changed.getProperties().get("mykey"));
    assertEquals(changed, endpoint);
    expectOne(RemoteServiceAdminEvent.EXPORT_UPDATE);
    assertTrue(one.update(changed));
    expectOne(RemoteServiceAdminEvent.IMPORT_UPDATE);
    assertEquals("changed", proxy.getProperty("mykey"));
    assertEquals("changed", reference.getImportedEndpoint().getProperties().get("mykey"));
    Map<String, Object> other = new HashMap<>(changed.getProperties());
    other.put("endpoint.id", "urn:uuid:00000000-0000-0000-0000-000000000001");
    assertThrows(IllegalArgumentException.class, () -> one.update(new EndpointDescription(other)));

    one.close();
    expectOne(RemoteServiceAdminEvent.IMPORT_UNREGISTRATION);
    assertNull(reference.getImportedEndpoint());
    assertNull(reference.getImportedService());
    assertNull(one.getImportReference());
    assertNotNull(proxy.getBundle(), "the second import keeps it");
    two.close();
    expectOne(RemoteServiceAdminEvent.IMPORT_UNREGISTRATION);
    assertNull(proxy.getBundle());
  }

  @ParameterizedTest
  @ValueSource(strings = {TestNode.FELIX, TestNode.EQUINOX})
  void aBundleThatGivesTheServiceBackLosesItsRegistrations(String kind) throws Exception {
    open(kind);
    Bundle user = node.start(
        new TinyBundle("user"),
        directory.resolve("empty").toFile().mkdirs() ? directory.resolve("empty") : directory);
    BundleContext context = user.getBundleContext();
    ServiceReference<RemoteServiceAdmin> reference =
        context.getServiceReference(RemoteServiceAdmin.class);
    RemoteServiceAdmin own = context.getService(reference);
    ExportRegistration export =
        own.exportService(service.getReference(), null).iterator().next();
    ImportRegistration imported =
        own.importService(export.getExportReference().getExportedEndpoint());
    ExportRegistration others = export().get(0);
    events.clear();
    context.ungetService(reference);
    assertNull(export.getExportReference());
    assertNull(imported.getImportReference());
    assertNotNull(others.getExportReference());
    assertEquals(
        Set.of(
            RemoteServiceAdminEvent.EXPORT_UNREGISTRATION,
            RemoteServiceAdminEvent.IMPORT_UNREGISTRATION),
        Set.of(events.get(0).getType(), events.get(1).getType()));
    assertEquals(2, events.size());
    assertFalse(admin.getExportedServices().isEmpty());
  }

  @ParameterizedTest
  @ValueSource(strings = {TestNode.FELIX, TestNode.EQUINOX})
  void theBundleStopsAndStartsAgainAndFollowsItsNode(String kind) throws Exception {
    open(kind);
    Bundle rsa = node.context().getServiceReference(RemoteServiceAdmin.class).getBundle();
    export();
    events.clear();
    rsa.stop();
    expectOne(RemoteServiceAdminEvent.EXPORT_UNREGISTRATION);
    assertNull(node.context().getServiceReference(RemoteServiceAdmin.class));
    rsa.start();
    admin = node.admin();
    assertNotNull(export().get(0).getExportReference());
    Bundle channel = Arrays.stream(node.context().getBundles())
        .filter(bundle -> "org.fluidosgi.channel".equals(bundle.getSymbolicName()))
        .findFirst()
        .orElseThrow();
    channel.stop();
    assertNull(node.context().getServiceReference(RemoteServiceAdmin.class));
    assertTrue(Thread.getAllStackTraces().keySet().stream()
        .noneMatch(thread -> thread.getName().startsWith("fluid-rsa")));
    channel.start();
    assertNotNull(node.context().getServiceReference(RemoteServiceAdmin.class));
  }
}
