package org.fluidosgi.itests.cluster;

import static org.fluidosgi.itests.cluster.Group.PATIENCE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.awaitility.core.ConditionTimeoutException;
import org.fluidosgi.itests.cluster.Walkthrough.Step;
import org.fluidosgi.launcher.process.ProcessException;
import org.fluidosgi.launcher.process.RunningCommand;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Does what docs/applications.md says, in real processes, and sees what the page says.
 * Shape: folders and ports of the page are replaced; a command that only shows is repeated until it shows it. */
class ApplicationsIT {
  private static final Path PAGE = Path.of(System.getProperty("fluid.docs"), "applications.md");
  private static final String FRESH = "rm -rf target/app";
  private static final Pattern NODE = Pattern.compile("\\./fluid node((?: --[a-z]+ \\S+)+)");
  private static final Pattern OPTION = Pattern.compile("--([a-z]+) (\\S+)");
  private static final Pattern KILL = Pattern.compile("kill -9 <pid of ([a-z]+)>");
  private static final Pattern CHANGES =
      Pattern.compile("fluid:(install|start) .*|trends:mention .*");
  private static final String PROVIDER = "example.trends.provider";

  @TempDir
  Path directory;

  @Test
  void thePagesStepsDoWhatItSays() throws Exception {
    List<Step> steps = Walkthrough.read(PAGE);
    int kills = 0;
    try (Group group = new Group(directory)) {
      try {
        for (int i = 0; i < steps.size(); i++) {
          Step step = steps.get(i);
          Matcher kill = KILL.matcher(i + 1 < steps.size() ? steps.get(i + 1).command() : "");
          if (step.prompt().equals(Walkthrough.SHELL)) {
            shell(group, step);
          } else if (kill.matches()) {
            killInside(group, step, kill.group(1));
            kills++;
            i++;
          } else if (CHANGES.matcher(step.command()).matches()) {
            check(step, group.run(step.prompt(), step.command()));
          } else {
            await(group, step);
          }
        }
      } catch (Exception | AssertionError e) {
        group.printLogs();
        throw e;
      }
    }
    assertEquals(1, kills, "kills in " + PAGE);
  }

  private static void shell(Group group, Step step) throws ProcessException {
    Matcher node = NODE.matcher(step.command());
    if (node.matches()) {
      Map<String, String> options = OPTION
          .matcher(node.group(1))
          .results()
          .collect(Collectors.toMap(option -> option.group(1), option -> option.group(2)));
      group.start(options.get("name"), options.getOrDefault("framework", "felix"));
    } else {
      assertEquals(FRESH, step.command(), () -> "what shall this test do for " + step);
    }
  }

  /** Kills the node while the command's call is inside its provider. */
  private static void killInside(Group group, Step step, String victim) throws ProcessException {
    RunningCommand command = group.node(step.prompt()).start(step.command());
    group.until(
        "the call is inside " + victim,
        PATIENCE,
        () -> group.run(victim, "!inside " + PROVIDER).equals(List.of("1")));
    group.node(victim).kill();
    check(step, command.await(PATIENCE));
    group.node(victim).awaitExit(PATIENCE);
  }

  private static void await(Group group, Step step) throws ProcessException {
    try {
      group.until(
          step.toString(), PATIENCE, () -> step.prints(group.run(step.prompt(), step.command())));
    } catch (ConditionTimeoutException e) {
      check(step, group.run(step.prompt(), step.command())); // says more
      throw e;
    }
  }

  private static void check(Step step, List<String> printed) {
    assertTrue(
        step.prints(printed),
        () -> step + " should print\n" + String.join("\n", step.output()) + "\nbut printed\n"
            + String.join("\n", printed));
  }
}
