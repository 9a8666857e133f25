package org.fluidosgi.itests.cluster;

import static org.fluidosgi.itests.cluster.Group.PATIENCE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.fluidosgi.launcher.process.RunningCommand;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SIGKILL, again and again, while calls are inside the provider and arriving at it: nothing hangs, nothing stale stays, nothing leaks.
 * Shape: {@code fluid.test.kills} times, the victim alternating between provider, engine coordinator and bystander. */
class KillIT {
  private static final int KILLS = Integer.getInteger("fluid.test.kills", 3);
  private static final int CALLS = 8;
  private static final Duration STALE_MOST = Duration.ofSeconds(2);
  private static final long CALL_END_MILLIS_MOST = 1_000;
  private static final Duration SETTLED = Duration.ofSeconds(4);
  private static final long HEAP_BYTES_MORE_MOST = 2 << 20;
  private static final String[] FRAMEWORKS = {"felix", "equinox", "felix", "felix"};

  /** What a process holds. */
  private record Vitals(long threads, long descriptors, long heap) {
    static Vitals parse(String line) {
      String[] parts = line.split(" ", -1);
      return new Vitals(
          Long.parseLong(parts[0]), Long.parseLong(parts[1]), Long.parseLong(parts[2]));
    }

    Vitals least(Vitals other) {
      return new Vitals(
          Math.min(threads, other.threads),
          Math.min(descriptors, other.descriptors),
          Math.min(heap, other.heap));
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

  /** What each process held when it first survived a kill. */
  private final Map<String, Vitals> vitals = new HashMap<>();

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
          kill(group, role, "warm-up");
        }
        for (int i = 0; i < KILLS; i++) {
          kill(group, Role.values()[i % Role.values().length], (i + 1) + " of " + KILLS);
        }
      } catch (Exception | AssertionError e) {
        group.printLogs();
        throw e;
      }
    }
  }

  private void kill(Group group, Role role, String what) throws Exception {
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
    int millisInside = role == Role.PROVIDER ? 20_000 : 1_500;
    String hold = "probe:hold '(probe.id=held)' " + CALLS + " " + millisInside;
    List<String> callers =
        survivors.stream().filter(name -> !name.equals(provider)).toList();
    Map<String, RunningCommand> inside = new LinkedHashMap<>();
    for (String name : callers) {
      inside.put(name, group.node(name).start(hold));
    }
    // The probe's own call answers only after the blocked ones were taken.
    for (String name : callers) {
      group.run(name, "probe:find '(probe.id=held)'");
    }
    List<RunningCommand> arriving = new ArrayList<>();
    for (String name : callers) {
      arriving.add(group.node(name).start(hold));
    }
    long killed = System.nanoTime();
    group.node(victim).kill();

    long lastCall = 0;
    boolean providerDied = role == Role.PROVIDER;
    List<RunningCommand> all = new ArrayList<>(inside.values());
    all.addAll(arriving);
    for (RunningCommand command : all) {
      assertTrue(command.awaitEnd(Duration.ofSeconds(20)), () -> command.command() + " hangs");
      long millis = (command.endNanos() - killed) / 1_000_000;
      lastCall = Math.max(lastCall, millis);
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
    long gone = (System.nanoTime() - killed) / 1_000_000;
    restart(group, victim);
    vitals.remove(victim);
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
    group.run(victim, "probe:unregister held");
    for (String name : ages) {
      group.until("nothing held on " + name, PATIENCE, () -> count(group, name) == 0);
    }
    List<String> unmeasured =
        survivors.stream().filter(name -> !vitals.containsKey(name)).toList();
    if (!unmeasured.isEmpty()) {
      measure(group, unmeasured);
    }
    for (String name : survivors) {
      compare(group, name);
    }
    System.err.printf(
        "%s: killed %s %s: calls ended after %d ms, checked after %d ms, all as before after %d ms%n",
        what, role, victim, lastCall, gone, (System.nanoTime() - killed) / 1_000_000);
  }

  /** A process that survived before holds no more than then. */
  private void compare(Group group, String name) {
    Vitals was = vitals.get(name);
    group.until(name + " is as before: " + was, PATIENCE, () -> {
      Vitals now = read(group, name);
      return now.threads() <= was.threads()
          && now.descriptors() <= was.descriptors()
          && now.heap() - was.heap() <= HEAP_BYTES_MORE_MOST;
    });
  }

  /** The least that the processes hold while they are watched for longer than idle threads live. */
  private void measure(Group group, List<String> names) throws Exception {
    long begin = System.nanoTime();
    group.until("threads settle", PATIENCE, () -> {
      for (String name : names) {
        vitals.merge(name, read(group, name), Vitals::least);
      }
      return System.nanoTime() - begin > SETTLED.toNanos();
    });
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

  private static Vitals read(Group group, String name) throws Exception {
    return Vitals.parse(group.run(name, "probe:vitals").get(0));
  }

  private static int count(Group group, String name) throws Exception {
    return Integer.parseInt(group.run(name, "probe:count '(probe.id=held)'").get(0));
  }
}
