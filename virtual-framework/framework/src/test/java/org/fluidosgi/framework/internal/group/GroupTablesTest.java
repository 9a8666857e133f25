package org.fluidosgi.framework.internal.group;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.fluidosgi.channel.Incarnation;
import org.fluidosgi.channel.NodeAddress;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.framework.VirtualId;
import org.fluidosgi.framework.internal.core.BundleFacts;
import org.fluidosgi.framework.internal.core.NodeFacts;
import org.fluidosgi.framework.internal.core.NodeIds;
import org.fluidosgi.framework.internal.core.OrdinalTable;
import org.fluidosgi.registry.RecordId;
import org.fluidosgi.registry.RegistryRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;

class GroupTablesTest {
  private static final NodeId SELF = new NodeId(new UUID(1, 1));
  private static final NodeId OTHER = new NodeId(new UUID(2, 2));
  private static final UUID GROUP = new UUID(3, 3);

  @TempDir
  Path work;

  private final Sinks sinks = new Sinks();
  private final List<RemoteBundle> changed = new ArrayList<>();

  private GroupTables follow() throws IOException {
    RemoteBundle.Remote remote = (RemoteBundle.Remote) Proxy.newProxyInstance(
        getClass().getClassLoader(),
        new Class<?>[] {RemoteBundle.Remote.class},
        (proxy, method, arguments) -> {
          assertEquals("changed", method.getName());
          changed.add((RemoteBundle) arguments[0]);
          return null;
        });
    GroupTables tables = new GroupTables(
        SELF, NodeIds.open(work.resolve("ids"), () -> GROUP), new OrdinalTable(GROUP), remote);
    tables.follow(sinks);
    return tables;
  }

  @Test
  void aBundleThatIsKnownBeforeItsNodeGetsTheNodesName() throws Exception {
    GroupTables tables = follow();

    sinks.sink("bundle").added(record("bundle", "n2:1", bundle().toAttributes()));
    sinks.sink("node").added(record("node", "self", node("b").toAttributes()));
    assertEquals("b", tables.bundles().get(0).node().name());
    assertEquals(2, tables.bundles().get(0).node().ordinal());

    RegistryRecord renamed = record("node", "self", node("c").toAttributes());
    sinks.sink("node").modified(renamed, renamed);
    assertEquals("c", tables.bundles().get(0).node().name());
  }

  @Test
  void anAnswerThatComesAfterTheUninstallLeavesNoGhost() throws Exception {
    GroupTables tables = follow();
    sinks.sink("node").added(record("node", "self", node("b").toAttributes()));
    RegistryRecord there = record("bundle", "n2:1", bundle().toAttributes());
    sinks.sink("bundle").added(there);
    sinks.sink("bundle").removed(there);

    assertEquals(Bundle.UNINSTALLED, tables.installed(OTHER, bundle()).getState());
    assertTrue(tables.bundles().isEmpty());

    sinks.sink("bundle").added(there);
    assertEquals(Bundle.ACTIVE, tables.bundles().get(0).getState());
  }

  @Test
  void aRecordOfBeforeTheUninstallLeavesNoGhost() throws Exception {
    GroupTables tables = follow();
    sinks.sink("node").added(record("node", "self", node("b").toAttributes()));
    RegistryRecord late = record("bundle", "n2:1", bundle().toAttributes());
    RemoteBundle bundle = tables.installed(OTHER, bundle());
    tables.uninstalled(OTHER, bundle.facts());
    assertEquals(Bundle.UNINSTALLED, bundle.getState());
    changed.clear();

    sinks.sink("bundle").added(late);
    sinks.sink("bundle").removed(late);
    sinks.sink("bundle").added(late);
    assertTrue(tables.bundles().isEmpty());
    assertEquals(List.of(), changed, "nobody is told of it again");
  }

  @Test
  void anAnswerBeforeTheRecordIsEntered() throws Exception {
    GroupTables tables = follow();
    RegistryRecord other = record("node", "self", node("b").toAttributes());
    sinks.sink("node").added(other);
    assertEquals(Bundle.ACTIVE, tables.installed(OTHER, bundle()).getState());
    assertEquals(1, tables.bundles().size());

    sinks.sink("node").removed(other);
    assertEquals(Bundle.UNINSTALLED, tables.installed(OTHER, bundle()).getState());
    assertTrue(tables.bundles().isEmpty());
  }

  @Test
  void bundlesOfANodeAreToldOfWhenItComesIntoTheGroup() throws Exception {
    GroupTables tables = follow();
    RegistryRecord stranger = record("node", "self", node("b", new UUID(9, 9)).toAttributes());
    sinks.sink("node").added(stranger);
    sinks.sink("bundle").added(record("bundle", "n2:1", bundle().toAttributes()));
    assertEquals(1, changed.size());
    RemoteBundle bundle = changed.get(0);
    assertNull(tables.shown(bundle), "its number may be that of another");
    sinks.sink("node").modified(record("node", "self", node("b").toAttributes()), stranger);
    assertEquals(List.of(bundle, bundle), changed);
    assertEquals(bundle.facts(), tables.shown(bundle));
    sinks.sink("node").removed(stranger);
    assertEquals(3, changed.size());
    assertNull(tables.shown(bundle));
  }

  private static BundleFacts bundle() {
    return new BundleFacts(
        new VirtualId(2, 1),
        7,
        "x",
        "1.0.0",
        "file:x",
        "00",
        1,
        Bundle.ACTIVE,
        1,
        BundleFacts.Start.NONE,
        1);
  }

  private static NodeFacts node(String name) {
    return node(name, GROUP);
  }

  private static NodeFacts node(String name, UUID group) {
    return new NodeFacts(2, group, name, new NodeAddress("127.0.0.1", 9278), Map.of());
  }

  private static RegistryRecord record(String kind, String name, Map<String, Object> attributes) {
    return new RegistryRecord(
        new RecordId(OTHER, kind, name),
        new Incarnation(new UUID(4, 4), 1),
        0,
        1,
        RegistryRecord.Scope.GROUP,
        Duration.ZERO,
        1,
        Set.of(),
        attributes);
  }
}
