package org.fluidosgi.itests.cluster;

import static org.fluidosgi.itests.cluster.Group.PATIENCE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A node that comes back with the same data directory is the same node, and so are its virtual bundles. */
class RestartIT {
  private static final Pattern IDENTITY =
      Pattern.compile(": back: node ([0-9a-f-]{36}), incarnation ([0-9]+),");

  @TempDir
  Path directory;

  private Group group;
  private String provider;

  @ParameterizedTest
  @ValueSource(strings = {"felix", "equinox"})
  void comesBackAsTheSameAfterATermAndAfterAKill(String framework) throws Exception {
    try (Group both = new Group(directory)) {
      group = both;
      group.start("stays", "felix");
      group.start("back", framework);
      group.awaitMembers("stays", 2);
      for (String bundle : List.of("trends-api stays", "trends-client stays", "trends-api back")) {
        String[] parts = bundle.split(" ");
        group.run("stays", "fluid:install " + Group.example(parts[0]) + " " + parts[1]);
      }
      provider = group
          .run("stays", "fluid:install " + Group.example("trends-provider") + " back")
          .get(0)
          .split(" ", 2)[0];
      group.run("stays", "fluid:start example.trends.client " + provider);
      awaitReachable();
      String node = identity(1);

      assertTrue(group.node("back").stop(PATIENCE));
      group.awaitMembers("stays", 1);
      group.until("no trends", PATIENCE, () -> !reachable());
      // It said goodbye, though its input ended at the same moment.
      String goodbye = "the peer said: back is stopping";
      group.until(goodbye, PATIENCE, () -> group.logged("stays", goodbye).size() == 1);
      group.start("back", framework);
      awaitReachable();
      assertEquals(node, identity(2));

      // Not awaited that the others have noticed: a supervisor restarts at once.
      group.node("back").close();
      group.start("back", framework);
      awaitReachable();
      assertEquals(node, identity(3));
    } catch (Exception | AssertionError e) {
      group.printLogs();
      throw e;
    }
  }

  private void awaitReachable() {
    group.awaitMembers("stays", 2);
    group.awaitMembers("back", 2);
    for (String name : List.of("stays", "back")) {
      group.until(
          provider + " active, told by " + name,
          PATIENCE,
          () -> group.run(name, "fluid:bundles").stream()
              .anyMatch(line ->
                  line.matches("[ *]+" + provider + " +n2 +ACTIVE +example.trends.provider .*")));
    }
    group.until("trends on stays", PATIENCE, this::reachable);
  }

  private boolean reachable() throws Exception {
    return group.run("stays", "trends:source").get(0).startsWith("remote: ")
        && group.run("stays", "trends:top europe").size() == 11;
  }

  /** The node id, told at the start of that incarnation. */
  private String identity(int incarnation) throws Exception {
    for (String line : group.logged("back", ", incarnation " + incarnation + ",")) {
      Matcher identity = IDENTITY.matcher(line);
      if (identity.find()) {
        return identity.group(1);
      }
    }
    throw new AssertionError("incarnation " + incarnation + " did not say who it is");
  }
}
