package org.fluidosgi.itests.cluster;

import static org.fluidosgi.itests.cluster.Group.PATIENCE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three processes, Felix, Felix and Equinox, as one framework. */
class SharingIT {
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
  void theTrendsProviderRunsAsAVirtualBundleAndMovesByItsContent() throws Exception {
    try (Group group = three()) {
      for (String name : List.of("n1", "n2", "n3")) {
        group.run(name, "fluid:install " + Group.example("trends-api") + " " + name);
        group.run(name, "fluid:install " + Group.example("trends-client") + " " + name);
      }
      group.run("n1", "fluid:install " + Group.example("trends-provider") + " n2");
      group.run("n3", "fluid:start example.trends.provider");
      String bundles = String.join("\n", group.run("n3", "fluid:bundles"));
      assertTrue(bundles.matches("(?s).*n2 +ACTIVE +example.trends.provider.*"), bundles);
    }
  }

  private Group three() throws Exception {
    Group group = new Group(directory);
    try {
      group.start("n1", "felix");
      group.start("n2", "felix");
      group.start("n3", "equinox");
      for (String name : List.of("n1", "n2", "n3")) {
        group.awaitMembers(name, 3);
      }
      return group;
    } catch (Exception | AssertionError e) {
      group.printLogs();
      group.close();
      throw e;
    }
  }
}
