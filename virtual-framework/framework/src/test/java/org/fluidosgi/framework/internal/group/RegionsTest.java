package org.fluidosgi.framework.internal.group;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.net.URI;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.fluidosgi.channel.Settings;
import org.fluidosgi.framework.VirtualBundle;
import org.fluidosgi.framework.VirtualBundleContext;
import org.fluidosgi.topology.spi.Region;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.BundleException;

/** A node of region east, one of west, one of none: who sees whose bundles. */
@Timeout(60)
class RegionsTest {
  private static final Map<String, String> HEADERS = Map.of("Import-Package", "org.osgi.framework");

  @TempDir
  Path folder;

  private final FakeGroup group = new FakeGroup();
  private TestNode east;
  private TestNode west;
  private TestNode free;
  private VirtualBundleContext inEast;
  private VirtualBundleContext inFree;

  @BeforeEach
  void open() throws Exception {
    east = new TestNode(group, folder, "east", Map.of("fluid.region", "east"));
    west = new TestNode(group, folder, "west", Map.of("fluid.region", "west"));
    free = new TestNode(group, folder, "free", Map.of());
    for (TestNode from : List.of(east, west, free)) {
      for (TestNode to : List.of(east, west, free)) {
        if (from != to) {
          from.connect(to);
        }
      }
    }
    for (TestNode each : List.of(east, west, free)) {
      await()
          .until(() -> each.framework().nodes().stream()
                  .filter(node -> node.ordinal() > 0)
                  .count()
              == 3);
    }
    inEast = context(east, "looking");
    inFree = context(free, "watching");
    await().until(() -> east.framework().bundles().size() == 2);
  }

  @AfterEach
  void close() throws Exception {
    free.close();
    west.close();
    east.close();
  }

  private static VirtualBundleContext context(VirtualBundle bundle) throws BundleException {
    bundle.start();
    return (VirtualBundleContext) bundle.getBundleContext();
  }

  private VirtualBundleContext context(TestNode node, String name) throws Exception {
    return context(node.framework().install(jar(name), node.framework().localNode()));
  }

  private String jar(String name) throws Exception {
    return TestJar.write(folder, name, HEADERS, 10).toUri().toString();
  }

  private static List<String> names(BundleContext context) {
    return Arrays.stream(context.getBundles())
        .map(Bundle::getSymbolicName)
        .filter(name -> !name.startsWith("org."))
        .sorted()
        .toList();
  }

  @Test
  void bundlesOfAnotherRegionAreNotSeen() throws Exception {
    assertEquals("east", east.framework().localNode().region());
    assertEquals("", free.framework().localNode().region());
    assertEquals("west", free.framework().node("west").region());
    List<String> heard = new CopyOnWriteArrayList<>();
    List<String> heardOfAll = new CopyOnWriteArrayList<>();
    inEast.addBundleListener(event -> note(event, heard));
    inFree.addBundleListener(event -> note(event, heardOfAll));

    VirtualBundle hidden =
        free.framework().install(jar("hidden"), free.framework().node("west"));
    VirtualBundle shown =
        free.framework().install(jar("shown"), free.framework().node("free"));
    await().untilAsserted(() -> assertEquals(List.of("hidden", "shown"), heardOfAll));
    await().untilAsserted(() -> assertEquals(List.of("shown"), heard));
    assertEquals(List.of("looking", "shown", "watching"), names(inEast));
    assertEquals(List.of("hidden", "looking", "shown", "watching"), names(inFree));

    assertNull(inEast.getBundle(hidden.getBundleId()));
    assertNull(inEast.getBundle(hidden.getLocation()));
    assertNotNull(inEast.getBundle(shown.getBundleId()));
    assertNotNull(inEast.getBundle(shown.getLocation()));
    BundleContext system = east.context();
    assertEquals(names(inFree), names(system), "the virtual system bundle's context sees all");
    assertNotNull(system.getBundle(hidden.getBundleId()));
    assertNotNull(system.getBundle(hidden.getLocation()));
    assertEquals(4, east.framework().bundles().size(), "as an administrator does");
  }

  private static void note(BundleEvent event, List<String> heard) {
    if (event.getType() == BundleEvent.INSTALLED) {
      heard.add(event.getBundle().getSymbolicName());
    }
  }

  @Test
  void whatIsInstalledStaysInTheRegion() throws Exception {
    String location = jar("wanted");
    VirtualBundle west = inFree.installBundle(location, null, "(name=west)");
    assertEquals("west", west.node().name());
    assertSame(west, inFree.installBundle(location, null, "(fluid.region=west)"));
    VirtualBundle own = inEast.installBundle(location, null, "(name=east)");
    assertEquals("east", own.node().name());
    BundleException none = assertThrows(
        BundleException.class, () -> inEast.installBundle(jar("other"), null, "(name=west)"));
    assertTrue(
        none.getMessage().contains("west does not match: fluid.region=west"), none.getMessage());

    try (InputStream content = URI.create(jar("any")).toURL().openStream()) {
      VirtualBundle any = inEast.installBundle("any:where", content, null);
      assertTrue(List.of("east", "free").contains(any.node().name()), any.node().name());
      assertEquals("any", any.getSymbolicName());
    }
    assertEquals(
        "west", inEast.installBundle(jar("named"), null, "west").node().name(), "by its name");
    assertThrows(
        IllegalArgumentException.class, () -> inEast.installBundle(location, null, "nobody"));
  }

  @Test
  void aRegionIsNamedInOneWayOnly() {
    Settings wrong =
        new Settings(Map.of("fluid.node.properties", "zone=eu,fluid.region=east")::get);
    Exception refused = assertThrows(
        IllegalArgumentException.class,
        () -> new NodeProperties(wrong, Region.NONE, east.channel.localNode().env(), Map.of()));
    assertTrue(refused.getMessage().contains("fluid.region is a setting"), refused.getMessage());
  }
}
