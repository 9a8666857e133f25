package org.fluidosgi.framework.internal.group;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.fluidosgi.framework.VirtualBundle;
import org.fluidosgi.framework.VirtualId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;

/** A start on a host that remembers something else than the node's file: as after a SIGKILL, or after an administrator. */
@Timeout(60)
class RecoveryTest {
  private static final Map<String, String> HEADERS = Map.of("Import-Package", "org.osgi.framework");

  @TempDir
  Path folder;

  private TestNode node;
  private BundleContext host;

  @BeforeEach
  void open() throws Exception {
    node = new TestNode(new FakeGroup(), folder, "alpha", Map.of());
    host = node.host.getBundleContext();
  }

  @AfterEach
  void close() throws Exception {
    node.close();
  }

  private VirtualBundle install(String name) throws Exception {
    String location = TestJar.write(folder, name, HEADERS, 10).toUri().toString();
    return node.framework().install(location, node.framework().localNode());
  }

  private Path file() {
    return node.channel.localNode().dataDirectory().resolve("framework").resolve("bundles");
  }

  /** The process ended without a word: the file does not say that the host went on. */
  private void killed() throws IOException {
    List<String> lines = Files.readAllLines(file());
    assertTrue(lines.remove("clean=true"), lines.toString());
    Files.write(file(), lines);
  }

  private void set(String key, String value) throws IOException {
    List<String> lines = Files.readAllLines(file()).stream()
        .filter(line -> !line.startsWith(key + "="))
        .toList();
    Files.write(file(), lines);
    Files.writeString(file(), key + "=" + value + "\n", java.nio.file.StandardOpenOption.APPEND);
  }

  private List<VirtualId> ids() {
    return node.framework().bundles().stream().map(VirtualBundle::id).toList();
  }

  @Test
  void whatTheHostForgotIsInstalledAgainUnderItsId() throws Exception {
    VirtualBundle bundle = install("forgotten");
    VirtualId id = bundle.id();
    node.shut();
    killed();
    host.getBundle(bundle.getLocation()).uninstall();
    node.open();
    assertEquals(List.of(id), ids());
    assertEquals("forgotten", host.getBundle(bundle.getLocation()).getSymbolicName());
  }

  @Test
  void aCallAfterTheStopLosesNothing() throws Exception {
    VirtualBundle bundle = install("late");
    VirtualId id = bundle.id();
    node.shut();
    assertThrows(BundleException.class, bundle::update);
    assertThrows(BundleException.class, bundle::start);
    node.open();
    assertEquals(List.of(id), ids());
  }

  @Test
  void whatAnAdministratorRemovedWhileTheHostWentOnIsGone() throws Exception {
    VirtualBundle bundle = install("removed");
    node.shut();
    host.getBundle(bundle.getLocation()).uninstall();
    node.open();
    assertEquals(List.of(), ids());
    assertNull(host.getBundle(bundle.getLocation()));
  }

  @Test
  void whatAnAdministratorRemovedBeforeAKillIsGone() throws Exception {
    VirtualBundle bundle = install("removed");
    host.getBundle(bundle.getLocation()).uninstall();
    node.shut();
    killed();
    node.open();
    assertEquals(List.of(), ids());
  }

  @Test
  void anOlderContentThanOnFileIsUpdated() throws Exception {
    VirtualBundle bundle = install("older");
    Bundle before = host.getBundle(bundle.getLocation());
    node.shut();
    killed();
    set("1.modified", Long.toString(before.getLastModified() + 1));
    long modified = before.getLastModified();
    node.open();
    assertTrue(before.getLastModified() > modified, "it was not updated");
    assertEquals(
        List.of("1.modified=" + before.getLastModified()),
        Files.readAllLines(file()).stream()
            .filter(line -> line.startsWith("1.modified="))
            .toList());
  }

  @Test
  void anUninstallationThatTheHostForgotIsRepeatedUnlessSomebodyInstalledAnotherOne()
      throws Exception {
    VirtualBundle first = install("again");
    VirtualBundle second = install("another");
    first.uninstall();
    second.uninstall();
    node.shut();
    killed();
    Bundle back =
        host.installBundle(first.getLocation(), Files.newInputStream(folder.resolve("again.jar")));
    Bundle other = host.installBundle(
        second.getLocation(), Files.newInputStream(folder.resolve("another.jar")));
    set("1.host", Long.toString(back.getBundleId()));
    set("1.modified", Long.toString(back.getLastModified()));
    set("2.host", Long.toString(other.getBundleId()));
    node.open();
    assertEquals(Bundle.UNINSTALLED, back.getState());
    assertEquals(Bundle.INSTALLED, other.getState());
    assertEquals(List.of(), ids());
  }

  @Test
  void anInstallationThatHadBegunIsFinished() throws Exception {
    VirtualBundle bundle = install("begun");
    VirtualId id = bundle.id();
    String location = bundle.getLocation();
    node.shut();
    killed();
    host.getBundle(location).uninstall();
    set("1.host", "-1");
    begun("INSTALL", bundle.sha256());
    node.open();
    assertEquals(List.of(id), ids());
    assertNotNull(host.getBundle(location));
    assertTrue(Files.readString(file()).lines().noneMatch(line -> line.startsWith("1.change.")));
  }

  @Test
  void anUninstallationThatHadBegunIsFinished() throws Exception {
    VirtualBundle bundle = install("begun");
    node.shut();
    killed();
    begun("UNINSTALL", bundle.sha256());
    node.open();
    assertEquals(List.of(), ids());
    assertNull(host.getBundle(bundle.getLocation()));
  }

  private void begun(String kind, String sha256) throws IOException {
    set("1.change.id", new UUID(0, 1).toString());
    set("1.change.kind", kind);
    set("1.change.sha256", sha256);
    set("1.change.size", "1");
  }
}
