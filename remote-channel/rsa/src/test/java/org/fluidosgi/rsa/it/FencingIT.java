package org.fluidosgi.rsa.it;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.InvocationTargetException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceException;
import org.osgi.framework.ServiceReference;
import org.osgi.service.remoteserviceadmin.EndpointDescription;
import org.osgi.service.remoteserviceadmin.ExportRegistration;
import org.osgi.service.remoteserviceadmin.ImportRegistration;

/** A node that restarts is another one to those who imported from its earlier life, over the real channel: they are told so, and what it serves
 * now is not reached, even under the id that they know. */
class FencingIT {
  private static final String COUNTER = "acme.extra.Counter";
  private static final String INCARNATION = "fluid.channel.incarnation";

  @TempDir
  Path directory;

  private Acme acme;
  private TestNode exporter;
  private TestNode importer;
  private BundleContext consumer;

  @AfterEach
  void close() throws Exception {
    if (importer != null) {
      importer.close();
    }
    if (exporter != null) {
      exporter.close();
    }
    await()
        .atMost(Duration.ofSeconds(10))
        .until(() -> Thread.getAllStackTraces().keySet().stream()
            .noneMatch(thread -> thread.getName().startsWith("fluid-")));
  }

  /** Starts a life of the exporting node. Returns what it exports. */
  private Map<String, Object> live() throws Exception {
    exporter = new TestNode(TestNode.FELIX, "a", directory, Map.of());
    exporter.start(acme.api, acme.apiClasses);
    exporter.start(acme.extra, acme.extraClasses);
    TinyBundle provider = acme.provider();
    exporter.start(provider, acme.compile(provider));
    ServiceReference<?> service = exporter.context().getServiceReference(Acme.GREETER);
    ExportRegistration export =
        exporter.admin().exportService(service, null).iterator().next();
    assertNull(export.getException());
    return export.getExportReference().getExportedEndpoint().getProperties();
  }

  private Object proxy(Map<String, Object> endpoint) {
    ImportRegistration imported = importer.admin().importService(new EndpointDescription(endpoint));
    assertNotNull(imported);
    assertNull(imported.getException());
    return consumer.getService(imported.getImportReference().getImportedService());
  }

  private static Object next(Object proxy) throws Exception {
    try {
      return Class.forName(COUNTER, true, proxy.getClass().getClassLoader())
          .getMethod("next")
          .invoke(proxy);
    } catch (InvocationTargetException e) {
      throw e.getCause() instanceof ServiceException failure ? failure : e;
    }
  }

  private static ServiceException refused(Object proxy) {
    ServiceException failure = assertThrows(ServiceException.class, () -> next(proxy));
    assertEquals(ServiceException.REMOTE, failure.getType());
    assertTrue(failure.getMessage().contains("effect none"), failure.getMessage());
    return failure;
  }

  @Test
  void importsOfAnEarlierLifeNeverReachTheNewOne() throws Exception {
    acme = new Acme(directory.resolve("classes"));
    importer = new TestNode(TestNode.FELIX, "b", directory, Map.of());
    importer.start(acme.api, acme.apiClasses);
    importer.start(acme.extra, acme.extraClasses);
    TinyBundle using = acme.importingConsumer();
    consumer = importer.start(using, acme.compile(using)).getBundleContext();

    Map<String, Object> first = live();
    Object before = proxy(first);
    assertEquals(1, next(before));
    exporter.close();
    exporter = null;
    refused(before); // nobody is there

    Map<String, Object> second = live();
    assertEquals(first.get("fluid.channel.node"), second.get("fluid.channel.node"));
    assertEquals(1L, first.get(INCARNATION));
    assertEquals(2L, second.get(INCARNATION));
    Object after = proxy(second); // and now this node knows where the new life listens
    assertEquals(1, next(after));

    Map<String, Object> sameIdEarlierLife = new HashMap<>(second);
    sameIdEarlierLife.put(INCARNATION, 1L);
    Object earlier = proxy(sameIdEarlierLife);
    for (Object old : new Object[] {before, earlier}) {
      String said = refused(old).getMessage();
      assertTrue(said.contains("run 1 of its node") && said.contains("now in run 2"), said);
    }
    assertEquals(2, next(after), "nobody's call came in between");
  }
}
