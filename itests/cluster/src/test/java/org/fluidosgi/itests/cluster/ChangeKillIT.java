package org.fluidosgi.itests.cluster;

import static org.fluidosgi.itests.cluster.Group.PATIENCE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.fluidosgi.launcher.process.RunningCommand;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SIGKILL at each step of installing, updating and uninstalling on another node, on both frameworks, of the node that does it and of
 * the one that asked: who asked is told what became of it, and after the restart the group and the host agree with that.
 * Shape: {@code fluid.test.change.kills} of all combinations, chosen by {@code fluid.test.seed}; 0 = all. */
class ChangeKillIT {
  private static final int KILLS = Integer.getInteger("fluid.test.change.kills", 3);
  private static final long SEED = Long.getLong("fluid.test.seed", System.nanoTime());
  private static final String ASKS = "n1";
  private static final List<String> NODES = List.of(ASKS, "n2", "n3");

  /** Which steps come before the decision, and which after it. */
  private enum Kind {
    INSTALL("begun applied", "decided ended"),
    UPDATE("begun applied", "decided ended"),
    UNINSTALL("begun", "decided applied ended");

    final List<String> before;
    final List<String> after;

    Kind(String before, String after) {
      this.before = List.of(before.split(" "));
      this.after = List.of(after.split(" "));
    }

    String word() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  /** One kill. Shape: {@code done} = the change has taken place when all is over. */
  private record Case(Kind kind, String step, String victim, String target, boolean done) {}

  @TempDir
  Path directory;

  @Test
  void whateverEndsInTheMiddleAllAgreeOnOneState() throws Exception {
    List<Case> cases = cases();
    Collections.shuffle(cases, new Random(SEED));
    int kills = KILLS == 0 ? cases.size() : KILLS;
    try (Group group = new Group(directory)) {
      try {
        NODES.forEach(name -> start(group, name));
        NODES.forEach(name -> awaitGroup(group, name));
        for (int i = 0; i < kills; i++) {
          Case now = cases.get(i % cases.size());
          System.err.printf("change kill %d of %d, seed %d: %s%n", i + 1, kills, SEED, now);
          kill(group, now, i + 1);
        }
      } catch (Exception | AssertionError e) {
        group.printLogs();
        throw e;
      }
    }
  }

  private static List<Case> cases() {
    List<Case> all = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      for (String target : List.of("n2", "n3")) {
        kind.before.forEach(step -> all.add(new Case(kind, step, target, target, false)));
        kind.after.forEach(step -> all.add(new Case(kind, step, target, target, true)));
        all.add(new Case(kind, "asked", ASKS, target, false));
        all.add(new Case(kind, "answered", ASKS, target, true));
      }
    }
    return all;
  }

  private static void start(Group group, String name) {
    try {
      group.start(name, name.equals("n3") ? "equinox" : "felix");
    } catch (Exception e) {
      throw new AssertionError(name + " does not start", e);
    }
  }

  /** That node sees the others, has its number, and the store has its three voters. */
  private static void awaitGroup(Group group, String name) {
    group.awaitMembers(name, NODES.size());
    group.until(
        name + " sees three voters",
        PATIENCE,
        () -> group.run(name, "fluid:voters").stream()
            .anyMatch(line -> line.startsWith("3 voters, 3 up")));
  }

  private void kill(Group group, Case now, int number) throws Exception {
    String name = "subject" + number;
    Path jar = directory.resolve(name + ".jar");
    MadeBundle.write(jar, name, "1.0.0", Map.of());
    if (now.kind != Kind.INSTALL) {
      group.run(ASKS, "fluid:install --on " + now.target + " " + jar.toUri());
      NODES.forEach(node -> awaitVersion(group, node, name, "1.0.0"));
    }
    MadeBundle.write(jar, name, "2.0.0", Map.of());
    Path reached = directory.resolve(name + ".reached");
    group.run(now.victim, "steps:stopAt " + now.kind.word() + "." + now.step + " " + reached);
    RunningCommand command = group
        .node(ASKS)
        .start(
            switch (now.kind) {
              case INSTALL -> "fluid:install --on " + now.target + " " + jar.toUri();
              case UPDATE -> "fluid:update " + name;
              case UNINSTALL -> "fluid:uninstall " + name;
            });
    group.until(now + " is reached", PATIENCE, () -> Files.exists(reached));
    group.node(now.victim).kill();
    assertTrue(command.awaitEnd(PATIENCE), () -> now + ": who asked is not told");
    if (!now.victim.equals(ASKS)) {
      assertTold(now, command);
    }
    start(group, now.victim);
    NODES.forEach(node -> awaitGroup(group, node));
    awaitAgreement(group, now, name);
  }

  private static void assertTold(Case now, RunningCommand command) {
    String told = command.error().orElse("");
    if (!now.done) {
      assertTrue(told.contains("it is given up"), () -> now + ": " + told);
    } else if (now.kind == Kind.INSTALL) {
      assertTrue(told.contains("it was installed, but its node"), () -> now + ": " + told);
    } else {
      assertEquals("", told, now.toString());
    }
  }

  private static void awaitAgreement(Group group, Case now, String name) throws Exception {
    String version = switch (now.kind) {
      case INSTALL -> now.done ? "2.0.0" : "";
      case UPDATE -> now.done ? "2.0.0" : "1.0.0";
      case UNINSTALL -> now.done ? "" : "1.0.0";
    };
    for (String node : NODES) {
      awaitVersion(group, node, name, version);
    }
    List<String> host = version.isEmpty() ? List.of() : List.of(name + " " + version);
    group.until(
        now.target + "'s host has " + host,
        PATIENCE,
        () -> group.run(now.target, "steps:host " + name + ".jar").equals(host));
    if (!version.isEmpty()) {
      group.run(ASKS, "fluid:start " + name); // it is a bundle like any other
      group.run(ASKS, "fluid:uninstall " + name);
      for (String node : NODES) {
        awaitVersion(group, node, name, "");
      }
    }
  }

  /** Waits until that node shows that version of the bundle, or none. */
  private static void awaitVersion(Group group, String node, String name, String version) {
    group.until(
        node + " shows " + name + " '" + version + "'",
        PATIENCE,
        () -> group.run(node, "fluid:bundles").stream()
            .filter(line -> Arrays.asList(line.split("\\s+")).contains(name))
            .map(line -> line.contains(" " + version + " ") || line.endsWith(" " + version))
            .toList()
            .equals(version.isEmpty() ? List.of() : List.of(true)));
  }
}
