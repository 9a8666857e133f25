package org.fluidosgi.itests.cluster;

import static org.fluidosgi.itests.cluster.Group.PATIENCE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.fluidosgi.launcher.process.RunningCommand;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node hangs (SIGSTOP) and goes on (SIGCONT): the others see its services go, once, calls into it end, and after it goes on all see all.
 * Shape: {@code fluid.test.hangs} times, each node in turn, the engine's coordinator first. */
class HangIT {
  private static final List<String> NODES = List.of("n1", "n2", "n3");
  private static final List<String> FRAMEWORKS = List.of("felix", "equinox", "felix");
  private static final int HANGS = Integer.getInteger("fluid.test.hangs", 3);
  private static final int SERVICES_EACH = 50;
  private static final int CALLS = 8;

  @TempDir
  Path directory;

  @Test
  void aHungNodeIsLeftOutAndComesBack() throws Exception {
    try (Group group = new Group(directory)) {
      try {
        Consumers consumers = new Consumers(group, NODES);
        for (int i = 0; i < NODES.size(); i++) {
          group.start(NODES.get(i), FRAMEWORKS.get(i));
          consumers.watch(NODES.get(i));
          consumers.register(NODES.get(i), SERVICES_EACH);
        }
        consumers.awaitOwn("before", NODES);
        for (int i = 0; i < HANGS; i++) {
          hang(group, consumers, NODES.get(i % NODES.size()), (i + 1) + " of " + HANGS);
        }
      } catch (Exception | AssertionError e) {
        group.printLogs();
        throw e;
      }
    }
  }

  private static void hang(Group group, Consumers consumers, String victim, String what)
      throws Exception {
    List<String> survivors = NODES.stream().filter(name -> !name.equals(victim)).toList();
    String filter = "'(probe.id=" + victim + "-0)'";
    consumers.forgetEvents();
    List<RunningCommand> calls = new ArrayList<>();
    for (String name : survivors) {
      calls.add(group.node(name).start("probe:hold " + filter + " " + CALLS + " 60000"));
      // The probe's own call answers only after the blocked ones were taken.
      group.run(name, "probe:find " + filter);
    }
    signal("STOP", group.node(victim).pid());
    long begin = System.nanoTime();
    long callsEnded;
    long gone;
    try {
      for (RunningCommand call : calls) {
        List<String> lines = call.await(PATIENCE);
        assertEquals(CALLS, lines.size());
        lines.forEach(line -> assertTrue(line.startsWith("remote"), line));
      }
      callsEnded = System.nanoTime();
      consumers.awaitOwn(what + ", " + victim + " hangs", survivors);
      gone = System.nanoTime();
      consumers.assertTold(what + ", " + victim + " hangs", survivors, "gone");
    } finally {
      signal("CONT", group.node(victim).pid());
    }
    long resumed = System.nanoTime();
    consumers.awaitOwn(what + ", " + victim + " goes on", NODES);
    long back = System.nanoTime();
    consumers.assertTold(what + ", " + victim + " goes on", survivors, "registered");
    System.err.printf(
        "%s: %s hung: calls ended after %d ms, its services gone after %d ms, all back %d ms after it went on%n",
        what,
        victim,
        (callsEnded - begin) / 1_000_000,
        (gone - begin) / 1_000_000,
        (back - resumed) / 1_000_000);
  }

  private static void signal(String name, long pid) throws IOException, InterruptedException {
    Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(pid)).start();
    assertEquals(0, kill.waitFor(), () -> "kill -" + name + " " + pid);
  }
}
