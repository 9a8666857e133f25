package org.fluidosgi.itests.cluster;

import static org.fluidosgi.itests.cluster.Group.PATIENCE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three processes - Felix, a Felix of OSGi R7, Equinox - as one framework. */
class SharingIT {
  private static final List<String> NODES = List.of("n1", "n2", "n3");

  @TempDir
  Path directory;

  @Test
  void aServiceIsFoundChangedAndGoneOnEveryNode() throws Exception {
    try (Group group = three()) {
      group.run("n2", "probe:register a colour=red");
      for (String other : List.of("n1", "n3")) {
        group.until(
            "a on " + other,
            PATIENCE,
            () -> group
                .run(other, "probe:find '(colour=red)'")
                .equals(List.of("a colour=red imported=true hello probe from a")));
        assertEquals(List.of("0"), group.run(other, "probe:count '(colour=blue)'"));
      }
      assertEquals(
          List.of("a colour=red imported=false hello probe from a"),
          group.run("n2", "probe:find '(colour=red)'"));

      group.run("n2", "probe:modify a colour=blue");
      for (String other : List.of("n1", "n3")) {
        group.until(
            "blue on " + other,
            PATIENCE,
            () -> group
                .run(other, "probe:find '(probe.id=a)'")
                .equals(List.of("a colour=blue imported=true hello probe from a")));
        assertEquals(List.of("0"), group.run(other, "probe:count '(colour=red)'"));
      }

      group.run("n2", "probe:unregister a");
      for (String other : List.of("n1", "n3")) {
        group.until(
            "a gone from " + other,
            PATIENCE,
            () -> group.run(other, "probe:count '(probe.id=a)'").equals(List.of("0")));
      }
    }
  }

  @Test
  void theTrendsProviderIsAVirtualBundleAndTheSameClientUsesItAnywhere() throws Exception {
    try (Group group = three()) {
      for (String name : NODES) {
        group.run(name, "fluid:install " + Group.example("trends-api") + " " + name);
        String client = group
            .run("n1", "fluid:install " + Group.example("trends-client") + " " + name)
            .get(0)
            .split(" ", 2)[0];
        group.run("n1", "fluid:start " + client);
      }
      String provider = group
          .run("n1", "fluid:install " + Group.example("trends-provider") + " n2")
          .get(0)
          .split(" ", 2)[0];
      assertEquals("n2", provider.split(":", 2)[0]);
      group.awaitBundle("n3", provider);
      group.run("n3", "fluid:start example.trends.provider");
      for (String name : NODES) {
        group.until(
            "trends on " + name,
            PATIENCE,
            () -> group.run(name, "trends:top europe").size() == 11);
        String bundles = String.join("\n", group.run(name, "fluid:bundles"));
        assertTrue(
            bundles.matches("(?s).*" + provider + " +n2 +ACTIVE +example.trends.provider.*"),
            bundles);
        String source = group.run(name, "trends:source").get(0);
        assertTrue(
            source.startsWith(
                name.equals("n2")
                    ? "local: class example.trends.provider.FileTrendService"
                    : "remote: "),
            source);
      }

      group.run("n1", "fluid:stop " + provider);
      for (String name : NODES) {
        group.until(
            "no trends on " + name,
            PATIENCE,
            () -> group.run(name, "trends:source").get(0).startsWith("trends: no trend service"));
      }
    }
  }

  @Test
  void everyMemberHasANodeStatusOnEveryNode() throws Exception {
    try (Group group = three()) {
      for (String name : NODES) {
        group.until(
            "node status on " + name,
            PATIENCE,
            () -> group.run(name, "probe:nodes").size() == NODES.size());
        List<String> lines = group.run(name, "probe:nodes");
        for (int i = 0; i < NODES.size(); i++) {
          assertTrue(
              lines
                  .get(i)
                  .matches(NODES.get(i)
                      + " fluid \\[] (org.apache.felix.framework|org.eclipse.osgi)"
                      + " \\{availableProcessors=[0-9]+} there is no bundle 9999"),
              lines.get(i));
        }
      }
      group.run("n3", "probe:register tagged org.osgi.service.clusterinfo.tags=database");
      group.until(
          "tag of n3 on n1",
          PATIENCE,
          () -> group.run("n1", "probe:nodes").get(2).startsWith("n3 fluid [database]"));
      group.node("n2").kill();
      group.until(
          "status of n2 gone", PATIENCE, () -> group.run("n1", "probe:nodes").size() == 2);
    }
  }

  @Test
  void servicesOfAnotherRegionAreSeenIfTheySaySo() throws Exception {
    try (Group group = new Group(directory)) {
      group.start("n1", "felix", "--set", "fluid.region=east");
      group.start("n2", "equinox", "--set", "fluid.region=west");
      group.start("n3", "felix");
      for (String name : NODES) {
        group.awaitMembers(name, 3);
      }
      for (String name : NODES) {
        group.run(name, "probe:register own-" + name);
        group.run(name, "probe:register wide-" + name + " fluid.scope=group");
      }
      Map<String, String> hidden = Map.of("n1", "own-n2", "n2", "own-n1", "n3", "none");
      for (String name : NODES) {
        int seen = name.equals("n3") ? 6 : 5;
        group.until("services on " + name, PATIENCE, () -> count(group, name, "*") == seen);
        assertEquals(0, count(group, name, hidden.get(name)));
        group.until(
            "node status of all on " + name,
            PATIENCE,
            () -> group.run(name, "probe:nodes").size() == NODES.size());
      }
    }
  }

  /** Remote ones too where there is one of the node itself. */
  private static int count(Group group, String name, String id) throws Exception {
    String filter = "(&(probe.id=" + id + ")(!(service.imported=no)))";
    return Integer.parseInt(group.run(name, "probe:count '" + filter + "'").get(0));
  }

  private Group three() throws Exception {
    Group group = new Group(directory);
    try {
      group.start("n1", "felix");
      group.start("n2", Group.OLDER_FELIX);
      group.start("n3", "equinox");
      for (String name : NODES) {
        group.awaitMembers(name, 3);
        String log = Files.readString(directory.resolve(name + ".log"));
        assertFalse(log.contains("no service (osgi.condition.id=fluid.joined)"), log);
      }
      return group;
    } catch (Exception | AssertionError e) {
      group.printLogs();
      group.close();
      throw e;
    }
  }
}
