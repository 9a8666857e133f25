package org.fluidosgi.groupstore.internal.raft;

import static org.fluidosgi.groupstore.internal.raft.SimulatedStores.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.fluidosgi.channel.ChannelException.Effect;
import org.fluidosgi.groupstore.NoMajorityException;
import org.fluidosgi.groupstore.Versioned;
import org.fluidosgi.registry.View;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Groups of stores in virtual time: they form, lose members, meet, part. */
class AgreedGroupStoreTest {
  @TempDir
  Path folder;

  private SimulatedStores stores;

  @BeforeEach
  void prepare() {
    stores = new SimulatedStores(1, folder);
  }

  @AfterEach
  void nothingFailed() {
    assertEquals(List.of(), stores.simulation.failures());
  }

  @Test
  void loneNodeDecidesAloneAndKeepsItsEntries() {
    stores.start(1);
    Versioned one = stores.write(1, "k", 0, "a");
    stores.write(1, "k", one.version(), "b");
    assertEquals("b", text(stores.read(1, "k")));
    stores.kill(1);
    stores.start(1);
    assertEquals("b", text(stores.read(1, "k")));
    assertFalse(stores.read(1, "k").stale());
    stores.write(1, "l", 0, "c");
    stores.stop(1);
    stores.start(1);
    assertEquals("c", text(stores.read(1, "l")));
  }

  @Test
  void whoWasTakenOutShowsAfterARestartWhatWasDecided() {
    stores.startTogether(1, 2, 3);
    long version = stores.write(1, "k", 0, "decided").version();
    int cut = stores.leader(1, 2, 3);
    List<Integer> rest = new ArrayList<>(List.of(1, 2, 3));
    rest.remove((Integer) cut);
    stores.split(List.of(cut), rest);
    stores.node(cut).store.compareAndSet("k", version, new byte[] {'x'}); // by nobody else
    stores.simulation.advance(Duration.ofSeconds(40));
    stores.together(1, 2, 3);
    stores.simulation.until(
        "it learns that it is out",
        SimulatedStores.LONG,
        () -> Files.exists(stores.folder(cut).resolve(OwnVoter.LEFT_FILE)));
    stores.kill(cut);
    stores.start(cut);
    Versioned known = stores.read(cut, "k");
    assertTrue(known.stale());
    assertEquals("decided", text(known));
  }

  @Test
  void leaderThatIsKilledIsReplacedAndNothingIsLost() {
    stores.startTogether(1, 2, 3);
    Versioned done = stores.write(2, "k", 0, "kept");
    int leader = stores.leader(1, 2, 3);
    List<Integer> rest = new ArrayList<>(List.of(1, 2, 3));
    rest.remove((Integer) leader);
    stores.kill(leader);
    stores.together(rest.get(0), rest.get(1));
    assertEquals("kept", text(stores.read(rest.get(1), "k")));
    stores.write(rest.get(0), "k", done.version(), "goes on");
    stores.start(leader);
    stores.together(1, 2, 3);
    stores.awaitVoters(1, 2, 3);
    assertEquals("goes on", text(stores.read(leader, "k")));
  }

  @Test
  void leaderThatLeftTheViewIsReplacedAtOnce() {
    for (int victim = 1; victim <= 3; victim++) {
      stores = new SimulatedStores(victim, folder.resolve("victim" + victim));
      stores.startTogether(1, 2, 3);
      List<Integer> rest = new ArrayList<>(List.of(1, 2, 3));
      int leader = lead(victim);
      rest.remove((Integer) leader);
      stores.kill(leader);
      stores.together(rest.get(0), rest.get(1));
      long killed = stores.simulation.nanoTime();
      stores.simulation.until(
          "a new leader", SimulatedStores.LONG, () -> stores.leader(rest.get(0), rest.get(1)) != 0);
      long millis = (stores.simulation.nanoTime() - killed) / 1_000_000;
      assertTrue(millis < 1_000, "the next leader came after " + millis + " ms");
    }
  }

  private int lead(int node) {
    stores.simulation.advance(Duration.ofSeconds(3)); // the last voter's coming is decided
    int leader = stores.leader(1, 2, 3);
    if (leader != node) {
      Voter next = stores.node(node).store.node().replica().self();
      stores.get(stores.node(leader).store.node().replica().handOver(next));
      stores.simulation.until(
          node + " leads", SimulatedStores.LONG, () -> stores.leader(1, 2, 3) == node);
      stores.simulation.advance(Duration.ofSeconds(2));
    }
    return node;
  }

  @Test
  void leaderThatDiesUnnoticedByTheViewIsMissedByItsSilence() {
    stores.startTogether(1, 2, 3);
    int leader = stores.leader(1, 2, 3);
    List<Integer> rest = new ArrayList<>(List.of(1, 2, 3));
    rest.remove((Integer) leader);
    stores.kill(leader);
    stores.simulation.until(
        "a new leader", SimulatedStores.LONG, () -> stores.leader(rest.get(0), rest.get(1)) != 0);
  }

  @Test
  void aRumourThatTheLeaderIsGoneDoesNotMoveTheLead() {
    stores.startTogether(1, 2, 3);
    int leader = lead(3);
    for (int node : List.of(1, 2)) {
      stores.node(node).store.onView(new View(1_000 + node, stores.view(1, 2), Set.of()));
      for (int i = 0; i < 60; i++) {
        stores.simulation.advance(Duration.ofMillis(100));
        assertEquals(leader, stores.leader(1, 2, 3));
      }
      stores.node(node).store.onView(new View(2_000 + node, stores.view(1, 2, 3), Set.of()));
      stores.simulation.advance(Duration.ofSeconds(2));
    }
  }

  @Test
  void minorityReadsWhatItKnowsAndRefusesWritesSayingWhy() {
    stores.startTogether(1, 2, 3);
    stores.write(1, "k", 0, "known");
    stores.simulation.advance(Duration.ofSeconds(2));
    stores.split(List.of(1), List.of(2, 3));
    stores.simulation.advance(Duration.ofSeconds(1));
    Versioned stale = stores.read(1, "k");
    assertTrue(stale.stale());
    assertEquals("known", text(stale));
    NoMajorityException no = assertInstanceOf(
        NoMajorityException.class,
        stores.failure(stores.node(1).store.compareAndSet("l", 0, new byte[0])));
    assertEquals(Effect.NONE, no.effect());
    assertEquals(1, no.answering());
    assertEquals(3, no.voters());
    assertTrue(no.getMessage().contains("1 of 3 voters answer"), no.getMessage());
    stores.write(2, "l", 0, "majority");
    stores.together(1, 2, 3);
    stores.simulation.advance(Duration.ofSeconds(5));
    assertEquals("majority", text(stores.read(1, "l")));
    assertFalse(stores.read(1, "l").stale());
  }

  @Test
  void moreNodesThanVotersAskTheLeaderAndFollowIt() {
    stores.startTogether(1, 2, 3);
    stores.start(4);
    stores.together(1, 2, 3, 4);
    stores.simulation.until(
        "4 follows", SimulatedStores.LONG, () -> stores.node(4).store.node().replica() == null);
    stores.write(4, "a/k", 0, "from 4");
    assertEquals("from 4", text(stores.read(4, "a/k")));
    List<String> told = new ArrayList<>();
    stores.node(4).store.watch("a/", (key, now) -> told.add(key + "=" + text(now)));
    Versioned found = stores.read(1, "a/k");
    stores.write(1, "a/l", 0, "x");
    stores.get(stores.node(1).store.compareAndSet("a/k", found.version(), null));
    stores.simulation.until(
        "4 is told", SimulatedStores.LONG, () -> told.contains("a/l=x") && told.contains("a/k=-"));
    assertEquals(3, stores.node(4).store.node().voters().size());
    stores.kill(2);
    stores.together(1, 3, 4);
    stores.awaitVoters(1, 3, 4);
    assertEquals("x", text(stores.read(4, "a/l")));
  }

  @Test
  void nodesThatStopInOrderLeaveTheRestAbleToWrite() {
    stores.startTogether(1, 2, 3);
    stores.write(1, "k", 0, "v");
    assertTrue(stores.stop(1));
    stores.together(2, 3);
    stores.awaitVoters(2, 3);
    assertTrue(stores.stop(2));
    stores.together(3);
    stores.awaitVoters(3);
    stores.write(3, "l", 0, "alone again");
    stores.stop(3);
    stores.start(3);
    assertEquals("alone again", text(stores.read(3, "l")));
    stores.start(1);
    stores.together(3, 1);
    stores.awaitVoters(3, 1);
    assertEquals("alone again", text(stores.read(1, "l")));
    assertEquals("v", text(stores.read(1, "k")));
  }

  @Test
  void groupOfWhichAllDiedGoesOnFromItsLogs() {
    stores.startTogether(1, 2, 3);
    for (int i = 0; i < 20; i++) {
      stores.write(1 + i % 3, "k" + i, 0, "v" + i);
    }
    for (int node = 1; node <= 3; node++) {
      stores.kill(node);
    }
    stores.start(1);
    assertEquals("v3", text(stores.read(1, "k3")));
    assertTrue(stores.read(1, "k3").stale());
    stores.start(2);
    stores.together(1, 2);
    stores.simulation.advance(Duration.ofSeconds(5));
    for (int i = 0; i < 20; i++) {
      assertEquals("v" + i, text(stores.read(1, "k" + i)));
      assertFalse(stores.read(2, "k" + i).stale());
    }
  }

  @Test
  void storeThatStopsLeavesNoQuestionUnanswered() {
    stores.startTogether(1, 2, 3);
    stores.split(List.of(1), List.of(2, 3));
    stores.simulation.advance(Duration.ofMillis(100));
    stores
        .node(1)
        .store
        .onView(new View(99, stores.view(1, 2, 3), Set.of())); // it does not know yet
    stores.simulation.advance(Duration.ofMillis(100));
    var write = stores.node(1).store.compareAndSet("k", 0, new byte[0]).toCompletableFuture();
    var read = stores.node(1).store.read("k").toCompletableFuture();
    stores.simulation.advance(Duration.ofMillis(100));
    assertFalse(write.isDone() || read.isDone());
    stores.node(1).store.close();
    assertTrue(write.isCompletedExceptionally());
    assertTrue(read.isCompletedExceptionally());
    stores.kill(1);
  }

  @Test
  void newcomerGetsASnapshot() {
    stores.start(1);
    for (int i = 0; i < Replica.SNAPSHOT_ENTRIES + 50; i++) {
      stores.node(1).store.compareAndSet("k" + i, 0, new byte[300]);
    }
    assertEquals(0, stores.read(1, "none").version());
    stores.simulation.advance(Duration.ofSeconds(1));
    stores.start(2);
    stores.together(1, 2);
    stores.awaitVoters(1, 2);
    assertEquals(300, stores.read(2, "k7").value().length);
    stores.kill(2);
    stores.start(2);
    stores.together(1, 2);
    stores.awaitVoters(1, 2);
    assertEquals(300, stores.read(2, "k" + (Replica.SNAPSHOT_ENTRIES + 10)).value().length);
  }

  @Test
  void nodeWhoseDiskIsFullAsksTheOthersAndVotesAgainLater() {
    stores.startTogether(1, 2, 3);
    Versioned one = stores.write(1, "k", 0, "a");
    for (int victim : new int[] {2, stores.leader(1, 2, 3)}) {
      stores.node(victim).disk.full = true;
      stores.simulation.until("the voter of " + victim + " stops", SimulatedStores.LONG, () -> {
        stores.node(1 + victim % 3).store.compareAndSet("other", 0, new byte[1]);
        stores.simulation.advance(Duration.ofMillis(100));
        return stores.node(victim).store.node().replica() == null;
      });
      stores.simulation.advance(Duration.ofSeconds(8));
      one = stores.write(victim, "k", one.version(), "through the others");
      assertFalse(stores.read(victim, "k").stale());
      stores.node(victim).disk.full = false;
      stores.awaitVoters(1, 2, 3);
    }
  }

  @Test
  void fullDiskStopsTheVoterUntilThereIsRoom() {
    stores.start(1);
    Versioned one = stores.write(1, "k", 0, "a");
    stores.node(1).disk.full = true;
    assertInstanceOf(
        NoMajorityException.class,
        stores.failure(stores.node(1).store.compareAndSet("k", one.version(), new byte[1])));
    assertEquals("a", text(stores.read(1, "k")));
    stores.node(1).disk.full = false;
    stores.simulation.advance(Duration.ofSeconds(10));
    Versioned found = stores.read(1, "k");
    assertFalse(found.stale());
    stores.write(1, "k", found.version(), "b");
  }
}
