package org.fluidosgi.itests.cluster;

import static org.fluidosgi.itests.cluster.Group.PATIENCE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.fluidosgi.launcher.process.RunningCommand;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SIGKILL, again and again, while calls are inside the provider and arriving at it: nothing hangs, nothing stale stays, nothing leaks.
 * Shape: {@code fluid.test.kills} times, the victim alternating between provider, engine coordinator and bystander. */
class KillIT {
  private static final int KILLS = Integer.getInteger("fluid.test.kills", 10);
  private static final int CALLS = 8;
  private static final Duration STALE_MOST = Duration.ofSeconds(2);
  private static final long CALL_END_MILLIS_MOST = 1_000;
  private static final long HEAP_BYTES_MORE_MOST = 2 << 20;
  private static final String[] FRAMEWORKS = {"felix", "equinox", "felix", "felix"};

  /** What a process holds. */
  private record Vitals(long threads, long descriptors, long heap) {
    static Vitals parse(String line) {
      String[] parts = line.split(" ", -1);
      return new Vitals(
          Long.parseLong(parts[0]), Long.parseLong(parts[1]), Long.parseLong(parts[2]));
    }
  }

  private enum Role {
    PROVIDER,
    COORDINATOR,
    BYSTANDER
  }

  @TempDir
  Path directory;

  /** Names by age in the group: the first is the engine's coordinator. */
  private final List<String> ages = new ArrayList<>();

  @Test
  void nothingHangsNothingStaleStaysNothingLeaks() throws Exception {
    try (Group group = new Group(directory)) {
      try {
        for (int i = 0; i < FRAMEWORKS.length; i++) {
          group.start("n" + (i + 1), FRAMEWORKS[i]);
          ages.add("n" + (i + 1));
        }
        awaitAll(group);
        // One round that is not counted load every class and fill every pool.
        for (Role role : Role.values()) {
          kill(group, role, false);
        }
        for (int i = 0; i < KILLS; i++) {
          kill(group, Role.values()[i % Role.values().length], true);
        }
      } catch (Exception | AssertionError e) {
        group.printLogs();
        throw e;
      }
    }
  }

  private void kill(Group group, Role role, boolean measured) throws Exception {
    String coordinator = ages.get(0);
    String provider = ages.get(1);
    String bystander = ages.get(3);
    String victim = switch (role) {
      case PROVIDER -> provider;
      case COORDINATOR -> coordinator;
      case BYSTANDER -> bystander;
    };
    List<String> survivors = ages.stream().filter(name -> !name.equals(victim)).toList();
    group.run(provider, "probe:register held");
    for (String name : ages) {
      group.until("held on " + name, PATIENCE, () -> count(group, name) == 1);
    }
    Map<String, Vitals> before = vitals(group, survivors);
    List<String> callers =
        survivors.stream().filter(name -> !name.equals(provider)).toList();
    Map<String, RunningCommand> inside = new LinkedHashMap<>();
    for (String name : callers) {
      inside.put(name, group.node(name).start("probe:hold '(probe.id=held)' " + CALLS + " 3000"));
    }
    // The probe's own call answers only after the blocked ones were taken.
    for (String name : callers) {
      group.run(name, "probe:find '(probe.id=held)'");
    }
    List<RunningCommand> arriving = new ArrayList<>();
    for (String name : callers) {
      arriving.add(group.node(name).start("probe:hold '(probe.id=held)' " + CALLS + " 3000"));
    }
    long killed = System.nanoTime();
    group.node(victim).kill();

    boolean providerDied = role == Role.PROVIDER;
    List<RunningCommand> all = new ArrayList<>(inside.values());
    all.addAll(arriving);
    for (RunningCommand command : all) {
      assertTrue(command.awaitEnd(Duration.ofSeconds(20)), () -> command.command() + " hangs");
      long millis = (command.endNanos() - killed) / 1_000_000;
      if (providerDied) {
        assertTrue(
            millis <= CALL_END_MILLIS_MOST, () -> "calls ended " + millis + " ms after the kill");
        command
            .lines()
            .forEach(line -> assertTrue(
                line.text().startsWith("remote") || command.error().isPresent(),
                () -> "expected a remote failure, saw " + line.text()));
      } else {
        assertEquals(CALLS, command.lines().size(), () -> "lost calls: " + command.error());
        command
            .lines()
            .forEach(line -> assertTrue(
                line.text().startsWith("held"),
                () -> "a call to a living provider must not fail: " + line.text()));
      }
    }
    if (providerDied) {
      for (String name : survivors) {
        long left = STALE_MOST.toMillis() - (System.nanoTime() - killed) / 1_000_000;
        group.until(
            "held gone from " + name,
            Duration.ofMillis(Math.max(100, left)),
            () -> count(group, name) == 0);
      }
    }
    restart(group, victim);
    if (!providerDied) {
      group.run(provider, "probe:unregister held");
      for (String name : survivors) {
        group.until("held withdrawn from " + name, PATIENCE, () -> count(group, name) == 0);
      }
    }
    group.run(victim, "probe:register held");
    for (String name : ages) {
      group.until("held again on " + name, PATIENCE, () -> count(group, name) == 1);
    }
    if (measured) {
      for (String name : survivors) {
        Vitals was = before.get(name);
        group.until(name + " is as before: " + was, PATIENCE, () -> {
          Vitals now = Vitals.parse(group.run(name, "probe:vitals").get(0));
          return now.threads() <= was.threads()
              && now.descriptors() <= was.descriptors()
              && now.heap() - was.heap() <= HEAP_BYTES_MORE_MOST;
        });
      }
    }
    group.run(victim, "probe:unregister held");
    for (String name : ages) {
      group.until("nothing held on " + name, PATIENCE, () -> count(group, name) == 0);
    }
  }

  private void restart(Group group, String victim) throws Exception {
    int index = ages.indexOf(victim);
    group.node(victim).awaitExit(PATIENCE);
    group.start(victim, FRAMEWORKS[Integer.parseInt(victim.substring(1)) - 1]);
    ages.remove(index);
    ages.add(victim);
    awaitAll(group);
  }

  private void awaitAll(Group group) {
    for (String name : ages) {
      group.awaitMembers(name, ages.size());
    }
  }

  private static Map<String, Vitals> vitals(Group group, List<String> names) throws Exception {
    Map<String, Vitals> vitals = new LinkedHashMap<>();
    for (String name : names) {
      vitals.put(name, Vitals.parse(group.run(name, "probe:vitals").get(0)));
    }
    return vitals;
  }

  private static int count(Group group, String name) throws Exception {
    return Integer.parseInt(group.run(name, "probe:count '(probe.id=held)'").get(0));
  }
}
