package org.fluidosgi.launcher.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.fluidosgi.channel.FakeChannel;
import org.fluidosgi.launcher.Main;
import org.fluidosgi.launcher.internal.JavaProcess;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real frameworks in real processes, with a bundle that stands for ours. */
class NodeProcessTest {
  private static final Duration MOST = Duration.ofSeconds(30);

  @TempDir
  Path work;

  private FakeHome home;

  @BeforeEach
  void unpack() throws IOException {
    home = new FakeHome(work.resolve("a home with spaces"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"felix", "equinox"})
  void runsCommandsInAnyNumberOfSessions(String framework) throws Exception {
    try (NodeProcess node = start("--framework", framework, "--name", "n1")) {
      assertEquals("127.0.0.1:1234", node.awaitReady(MOST));
      assertTrue(node.command("t:name", MOST).get(0).startsWith("n1 "));
      assertEquals(List.of("one", "two"), node.command("t:list", MOST));
      ProcessException failure =
          assertThrows(ProcessException.class, () -> node.command("t:fail 'no luck'", MOST));
      assertTrue(
          failure.getMessage().endsWith("failed: no luck second line"), failure.getMessage());
      assertThrows(ProcessException.class, () -> node.command("t:unknown", MOST));
      failure = assertThrows(ProcessException.class, () -> node.command("t:echo", MOST));
      assertTrue(
          failure.getMessage().endsWith("echo: these are not its arguments: help echo shows them"),
          failure.getMessage());
      RunningCommand held = node.start("t:hold 20000");
      List<String> inside = List.of("0");
      while (inside.equals(List.of("0")) && !held.ended()) {
        inside = node.command("!inside " + FakeChannel.Commands.class.getName(), MOST);
      }
      assertEquals(List.of("1"), inside);
      assertEquals(List.of("still answers"), node.command("t:echo 'still answers'", MOST));
      assertFalse(held.ended());
      RunningCommand stopped = node.start("t:hold 20000");
      node.stop(stopped, MOST);
      assertTrue(stopped.awaitEnd(MOST));
      assertEquals("stopped", stopped.error().orElse("it ended well"));
      assertThrows(ProcessException.class, () -> node.stop(stopped, MOST));
      assertFalse(held.ended());
      node.kill();
      assertTrue(held.awaitEnd(MOST));
      assertEquals("the process ended", held.error().orElse(""));
      assertThrows(ProcessException.class, () -> node.command("t:name", MOST));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"felix", "equinox"})
  void stopsOnSigtermAndStartsAgainOnTheSameData(String framework) throws Exception {
    String before;
    try (NodeProcess node = start("--framework", framework)) {
      node.awaitReady(MOST);
      before = node.command("t:name", MOST).get(0);
      assertTrue(node.stop(Duration.ofSeconds(10)));
      assertEquals(128 + 15, node.exitCode());
    }
    try (NodeProcess node = start("--framework", framework)) {
      node.awaitReady(MOST);
      assertEquals(before, node.command("t:name", MOST).get(0));
    }
  }

  @Test
  void refusesADataFolderInUse() throws Exception {
    try (NodeProcess node = start()) {
      node.awaitReady(MOST);
      String error = failure(start());
      assertTrue(
          error.contains(work.resolve("data").toString())
              && error.contains("in use by process " + node.pid())
              && error.contains("--data"),
          error);
    }
  }

  @Test
  void saysWhyABundleOfOursDidNotStart() throws Exception {
    String error = failure(start("--port", "4321"));
    assertTrue(error.endsWith("org.fluidosgi.channel did not start: port 4321 is in use"), error);
  }

  @Test
  void saysWhichJarIsNoBundle() throws Exception {
    Path bundles = Files.createDirectories(work.resolve("bundles"));
    Files.writeString(bundles.resolve("broken.jar"), "no jar");
    String error = failure(start("--bundles", bundles.toString()));
    assertTrue(error.contains("broken.jar"), error);
  }

  private String failure(NodeProcess node) throws Exception {
    try (node) {
      assertThrows(ProcessException.class, () -> node.awaitReady(MOST));
      assertTrue(node.awaitExit(MOST));
      assertEquals(1, node.exitCode());
    }
    List<String> errors = Files.readAllLines(work.resolve("errors"));
    assertEquals(1, errors.size(), errors.toString());
    return errors.get(0);
  }

  private NodeProcess start(String... options) throws Exception {
    List<String> command = new ArrayList<>(List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-Xmx64m",
        "-XX:TieredStopAtLevel=1",
        "-Dfluid.home=" + home.path(),
        "-cp",
        home.classPath(),
        Main.class.getName(),
        "node",
        "--data",
        work.resolve("data").toString()));
    command.addAll(1, JavaProcess.quiet());
    command.addAll(List.of(options));
    return NodeProcess.start("test", command, work.resolve("errors"));
  }
}
