package org.fluidosgi.itests.cluster;

import static org.fluidosgi.itests.cluster.Group.PATIENCE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.fluidosgi.history.LinearizabilityChecker;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SIGKILL of voters, the leader first, while clients on every node write and read: what they saw is linearizable, and what was
 * acknowledged is there in the end.
 * Shape: {@code fluid.test.store.kills} times, each time the next role; killed processes are started again with their directories. */
class StoreKillIT {
  private static final int KILLS = Integer.getInteger("fluid.test.store.kills", 2);
  private static final int CLIENTS_PER_NODE = 2;

  /** Least operations with an answer per kill: a store that only refuses is linearizable too. */
  private static final int ANSWERED_MIN = 50;

  private static final List<String> NAMES = List.of("n1", "n2", "n3");

  private enum Role {
    LEADER,
    LEADER_AND_ANOTHER,
    FOLLOWER,
    ALL
  }

  @TempDir
  Path directory;

  @Test
  void killedVotersLoseNothingAcknowledged() throws Exception {
    try (Group group = new Group(directory);
        StoreClients clients = new StoreClients()) {
      try {
        for (String name : NAMES) {
          start(group, clients, name);
        }
        NAMES.forEach(name -> awaitVoters(group, name));
        clients.use("k0");
        NAMES.forEach(name -> clients.start(name, CLIENTS_PER_NODE));
        clients.awaitWriteAfter(System.nanoTime());
        for (int i = 0; i < KILLS; i++) {
          kill(group, clients, Role.values()[i % Role.values().length], i + 1);
        }
        clients.stop();
        judge(group, clients);
      } catch (Exception | AssertionError e) {
        group.printLogs();
        throw e;
      }
    }
  }

  private static void start(Group group, StoreClients clients, String name) throws Exception {
    group.start(name, name.equals("n3") ? "equinox" : "felix");
    clients.up(name, group.node(name));
  }

  private static void awaitVoters(Group group, String name) {
    group.until(
        name + " sees three voters, one of which leads",
        PATIENCE,
        () -> group.run(name, "fluid:voters").stream()
                .anyMatch(line -> line.startsWith("3 voters, 3 up"))
            && leader(group, name).startsWith("n"));
  }

  /** Name of the leader as that node knows it, or nothing. */
  private static String leader(Group group, String by) throws Exception {
    return group.run(by, "fluid:voters").stream()
        .filter(line -> line.contains(" leader "))
        .map(line -> line.substring(line.lastIndexOf(' ') + 1))
        .findFirst()
        .orElse("");
  }

  private static void kill(Group group, StoreClients clients, Role role, int number)
      throws Exception {
    clients.use("k" + number);
    clients.awaitWriteAfter(System.nanoTime());
    String leader = leader(group, "n1");
    List<String> followers = NAMES.stream().filter(name -> !name.equals(leader)).toList();
    List<String> victims = switch (role) {
      case LEADER -> List.of(leader);
      case FOLLOWER -> followers.subList(0, 1);
      case LEADER_AND_ANOTHER -> List.of(leader, followers.get(number % 2));
      case ALL -> NAMES;
    };
    long killed = System.nanoTime();
    victims.forEach(clients::down);
    victims.forEach(name -> group.node(name).kill());
    String decided = "";
    if (victims.size() == 1) {
      decided = clients.awaitWriteAfter(killed).toMillis() + " ms without it";
    } else if (victims.size() == 2) {
      String alone = followers.get(1 - number % 2);
      group.until(
          alone + " says that its answer is stale",
          PATIENCE,
          () -> group.run(alone, "store:get k0-0").get(0).startsWith("stale"));
    }
    for (String victim : victims) {
      group.node(victim).awaitExit(PATIENCE);
      start(group, clients, victim);
    }
    long back = System.nanoTime();
    String again = clients.awaitWriteAfter(back).toMillis() + " ms after the restart";
    for (String victim : victims) {
      group.until(
          victim + " knows what the majority knows",
          PATIENCE,
          () -> group.run(victim, "store:get k0-0").get(0).startsWith("ok"));
      awaitVoters(group, victim);
    }
    System.err.printf(
        "store kill %d of %d: %s %s: next write %s%s; %s%n",
        number,
        KILLS,
        role,
        victims,
        decided.isEmpty() ? "" : decided + ", ",
        again,
        clients.counts());
  }

  private static void judge(Group group, StoreClients clients) throws Exception {
    List<String> unanswered = new ArrayList<>();
    for (String name : NAMES) {
      for (int use = 0; use <= KILLS; use++) {
        for (int key = 0; key < StoreClients.KEYS; key++) {
          if (!clients.read(group.node(name), "k" + use + "-" + key)) {
            unanswered.add(name + " k" + use + "-" + key);
          }
        }
      }
    }
    assertEquals(List.of(), unanswered, "the group is whole and must answer");
    assertEquals(List.of(), LinearizabilityChecker.violations(clients.history()));
    long answered = clients.history().stream().filter(each -> each.isAnswered()).count();
    assertTrue(answered > (long) KILLS * ANSWERED_MIN, () -> "only " + clients.counts());
  }
}
