package org.fluidosgi.itests.cluster;

import static org.fluidosgi.itests.cluster.Group.PATIENCE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two nodes with an agreed store, one of which is killed: what does not need the store goes on, what needs it says why it does not, and the
 * survivor can be told to go on alone. */
class SurvivorIT {
  private static final String NUMBERED = "(?s).* n3 +up +[0-9]+ +late .*";

  @TempDir
  Path directory;

  @Test
  void theSurvivorOfTwoGoesOnAsFarAsItCanAndThenAlone() throws Exception {
    try (Group group = new Group(directory)) {
      try {
        start(group, "one");
        start(group, "two");
        awaitVoters(group, "one", "2 voters, 2 up");
        group.node("two").kill();
        group.node("two").awaitExit(PATIENCE);
        group.awaitMembers("one", 1);
        String refused = group.run("one", "store:cas k 0 1").get(0);
        assertTrue(refused.startsWith("failed none "), refused);
        assertTrue(refused.contains("1 of 2 voters answer"), refused);
        assertTrue(refused.contains("fluid:takeover"), refused);
        install(group, "one");

        start(group, "late");
        group.awaitMembers("one", 2);
        group.run("late", "probe:register a");
        group.until(
            "services are shared without a number",
            PATIENCE,
            () -> group.run("one", "probe:count '(probe.id=a)'").equals(List.of("1")));
        group.until(
            "it says why it has no number",
            PATIENCE,
            () -> group.logged("late", "no number in the group yet").size() == 1);
        assertTrue(nodes(group).matches("(?s).* late .*"), nodes(group));
        assertFalse(nodes(group).matches(NUMBERED), nodes(group));

        group.run("one", "fluid:takeover");
        group.until("it has a number", PATIENCE, () -> nodes(group).matches(NUMBERED));
        group.until(
            "it hears of the new group and writes",
            PATIENCE,
            () -> group.run("late", "store:cas k 0 1").get(0).startsWith("ok "));
        start(group, "two");
        awaitVoters(group, "two", "3 voters, 3 up");
        assertEquals(List.of("1"), group.run("two", "probe:count '(probe.id=a)'"));
      } catch (Exception | AssertionError e) {
        group.printLogs();
        throw e;
      }
    }
  }

  private static void start(Group group, String name) throws Exception {
    group.start(name, "felix");
  }

  private static void awaitVoters(Group group, String name, String footer) {
    group.until(
        footer + " on " + name,
        PATIENCE,
        () -> group.run(name, "fluid:voters").stream().anyMatch(line -> line.startsWith(footer)));
  }

  private static String nodes(Group group) throws Exception {
    return String.join("\n", group.run("one", "fluid:nodes")) + "\n";
  }

  /** A bundle is installed, started and used where the store cannot decide. */
  private static void install(Group group, String name) throws Exception {
    for (String bundle : List.of("trends-api", "trends-provider", "trends-client")) {
      String id = group
          .run(name, "fluid:install " + Group.example(bundle) + " " + name)
          .get(0)
          .split(" ", 2)[0];
      if (!bundle.equals("trends-api")) {
        group.run(name, "fluid:start " + id);
      }
    }
    group.until("trends", PATIENCE, () -> group.run(name, "trends:top europe").size() == 11);
  }
}
