package org.fluidosgi.clusterinfo.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Dictionary;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.apache.felix.framework.FrameworkFactory;
import org.fluidosgi.channel.LocalNode;
import org.fluidosgi.channel.Settings;
import org.fluidosgi.channel.StandaloneNode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;
import org.osgi.framework.dto.BundleDTO;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.startlevel.dto.FrameworkStartLevelDTO;
import org.osgi.service.clusterinfo.FrameworkManager;
import org.osgi.service.clusterinfo.FrameworkNodeStatus;
import org.osgi.service.clusterinfo.NodeStatus;

/** The node status in a real framework with a real node. */
class NodeStatusTest {
  @TempDir
  Path folder;

  private Framework framework;
  private BundleContext context;
  private StandaloneNode node;
  private ServiceRegistration<LocalNode> local;
  private final Activator activator = new Activator();

  @BeforeEach
  void start() throws Exception {
    framework = new FrameworkFactory()
        .newFramework(
            Map.of(Constants.FRAMEWORK_STORAGE, folder.resolve("framework").toString()));
    framework.start();
    context = framework.getBundleContext();
    Map<String, String> settings = new HashMap<>(Map.of(
        "fluid.name", "blue",
        "fluid.port", "0",
        "fluid.data.dir", folder.resolve("data").toString(),
        "fluid.node.zone", "cellar",
        "fluid.node.tags", "gateway, edge"));
    node = StandaloneNode.open(new Settings(settings::get), null, UUID.randomUUID());
    local = context.registerService(LocalNode.class, node.localNode(), null);
    activator.start(context);
  }

  @AfterEach
  void stop() throws Exception {
    activator.stop(context);
    assertNull(context.getServiceReference(NodeStatus.class));
    node.close();
    framework.stop();
    framework.waitForStop(10_000);
  }

  private ServiceReference<FrameworkNodeStatus> reference() {
    return context.getServiceReference(FrameworkNodeStatus.class);
  }

  private FrameworkNodeStatus status() {
    return context.getService(reference());
  }

  @Test
  void tellsWhoAndWhereTheNodeIs() {
    ServiceReference<?> reference = reference();
    assertEquals(
        Set.of(
            FrameworkNodeStatus.class.getName(),
            NodeStatus.class.getName(),
            FrameworkManager.class.getName()),
        Set.of((Object[]) reference.getProperty(Constants.OBJECTCLASS)));
    assertEquals(
        context.getProperty(Constants.FRAMEWORK_UUID),
        reference.getProperty("osgi.clusterinfo.id"));
    assertEquals("fluid", reference.getProperty("osgi.clusterinfo.cluster"));
    assertArrayEquals(new String[] {node.localNode().info().address().toString()}, (String[])
        reference.getProperty("osgi.clusterinfo.endpoint"));
    assertEquals("cellar", reference.getProperty("osgi.clusterinfo.zone"));
    assertNull(reference.getProperty("osgi.clusterinfo.country"));
    assertEquals("blue", reference.getProperty("fluid.name"));
    assertEquals(System.getProperty("java.vm.version"), reference.getProperty("java.vm.version"));
    for (String name : List.of(
        "org.osgi.framework.version",
        "org.osgi.framework.processor",
        "org.osgi.framework.os_name")) {
      assertTrue(reference.getProperty(name) instanceof String, name);
    }
    assertEquals("*", reference.getProperty("service.exported.interfaces"));
  }

  @Test
  void tagsAreGatheredFromServices() {
    assertTags("edge", "gateway");
    ServiceRegistration<?> worker = register("worker");
    assertTags("edge", "gateway", "worker");
    worker.setProperties(properties("database", "edge"));
    assertTags("database", "edge", "gateway");
    worker.unregister();
    assertTags("edge", "gateway");
    Dictionary<String, Object> imported = properties("elsewhere");
    imported.put("service.imported", "true");
    context.registerService(String.class, "s", imported);
    assertTags("edge", "gateway");
  }

  private ServiceRegistration<?> register(String... tags) {
    return context.registerService(String.class, "s", properties(tags));
  }

  private static Dictionary<String, Object> properties(String... tags) {
    return new java.util.Hashtable<>(Map.of(TagTracker.PROPERTY, tags));
  }

  private void assertTags(String... expected) {
    assertArrayEquals(expected, (Object[]) reference().getProperty("osgi.clusterinfo.tags"));
  }

  @Test
  void metricsAreGivenByName() {
    assertEquals(
        Map.of("availableProcessors", Runtime.getRuntime().availableProcessors()),
        status().getMetrics("availableProcessors", "no-such-metric"));
    Map<String, Object> all = status().getMetrics();
    assertEquals(6, all.size(), all::toString);
    assertTrue((Long) all.get("heapMemoryUsed") > 0);
  }

  @Test
  void managesTheFramework() throws Exception {
    FrameworkNodeStatus status = status();
    Path jar = folder.resolve("acme.jar");
    Files.write(jar, bundle("1.0.0"));
    BundleDTO installed = status.installBundle(jar.toUri().toString());
    assertEquals("acme", installed.symbolicName);
    assertEquals(Bundle.INSTALLED, status.getBundleState(installed.id));
    assertEquals(2, status.getBundles().size());
    assertEquals("acme", status.getBundleHeaders(installed.id).get("Bundle-SymbolicName"));
    status.startBundle(installed.id);
    assertEquals(Bundle.ACTIVE, status.getBundle(installed.id).state);
    status.stopBundle(installed.id, Bundle.STOP_TRANSIENT);
    assertEquals(Bundle.RESOLVED, status.getBundleState(installed.id));

    Files.write(jar, bundle("2.0.0"));
    assertEquals("2.0.0", status.updateBundle(installed.id).version);
    Path other = folder.resolve("other.jar");
    Files.write(other, bundle("3.0.0"));
    assertEquals("3.0.0", status.updateBundle(installed.id, other.toUri().toString()).version);

    status.setBundleStartLevel(installed.id, 7);
    assertEquals(7, status.getBundleStartLevel(installed.id).startLevel);
    FrameworkStartLevelDTO level = status.getFrameworkStartLevel();
    level.initialBundleStartLevel = 3;
    status.setFrameworkStartLevel(level);
    assertEquals(3, status.getFrameworkStartLevel().initialBundleStartLevel);

    assertEquals(Bundle.UNINSTALLED, status.uninstallBundle(installed.id).state);
    assertThrows(IllegalArgumentException.class, () -> status.getBundle(installed.id));
  }

  @Test
  void showsServices() throws Exception {
    FrameworkNodeStatus status = status();
    ServiceRegistration<?> made =
        context.registerService(String.class, "s", FrameworkUtil.asDictionary(Map.of("n", 5)));
    long id = (Long) made.getReference().getProperty(Constants.SERVICE_ID);
    assertEquals(5, status.getServiceReference(id).properties.get("n"));
    assertEquals(
        List.of(id),
        status.getServiceReferences("(n>=4)").stream()
            .map(service -> service.id)
            .toList());
    assertTrue(status.getServiceReferences().size() >= 2);
    assertThrows(IllegalArgumentException.class, () -> status.getServiceReferences("(n=4"));
    assertThrows(IllegalArgumentException.class, () -> status.getServiceReference(99_999));
  }

  @Test
  void goesWithTheLocalNode() {
    local.unregister();
    assertNull(reference());
  }

  private static byte[] bundle(String version) throws Exception {
    Manifest manifest = new Manifest();
    Attributes main = manifest.getMainAttributes();
    main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    main.putValue(Constants.BUNDLE_MANIFESTVERSION, "2");
    main.putValue(Constants.BUNDLE_SYMBOLICNAME, "acme");
    main.putValue(Constants.BUNDLE_VERSION, version);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    new JarOutputStream(bytes, manifest).close();
    return bytes.toByteArray();
  }
}
