package org.fluidosgi.groupstore.internal.raft;

import static org.fluidosgi.groupstore.internal.raft.SimulatedStores.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.fluidosgi.groupstore.ConflictException;
import org.fluidosgi.groupstore.NoMajorityException;
import org.fluidosgi.groupstore.Versioned;
import org.fluidosgi.groupstore.internal.core.Keys;
import org.fluidosgi.registry.View;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which group a node finds, in virtual time: it joins one, gives its own up, waits for the one it knows, begins another. */
class SearchTest {
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
  void nodesThatMeetBecomeVotersOfTheFirstMembersStore() {
    stores.start(1);
    stores.write(1, "k", 0, "first");
    stores.start(2);
    stores.write(2, "k", 0, "second");
    stores.write(2, "only", 0, "second");
    stores.together(1, 2);
    stores.awaitVoters(1, 2);
    for (int node : new int[] {1, 2}) {
      assertEquals("first", text(stores.read(node, "k")));
      assertEquals("-", text(stores.read(node, "only")));
    }
    assertTrue(Files.exists(stores.folder(2).resolve(OwnVoter.LEFT_FILE)));
    stores.start(3);
    stores.together(1, 2, 3);
    stores.awaitVoters(1, 2, 3);
    stores.write(3, "l", 0, "from 3");
    assertEquals("from 3", text(stores.read(1, "l")));
    ConflictException conflict = assertInstanceOf(
        ConflictException.class,
        stores.failure(stores.node(2).store.compareAndSet("l", 0, new byte[0])));
    assertEquals("from 3", text(conflict.found()));
  }

  private void awaitGivingUp(int node) {
    stores.simulation.until(
        node + " gives up",
        SimulatedStores.LONG,
        () -> stores
                .node(node)
                .store
                .node()
                .replica()
                .entries()
                .get(Keys.JOINED_INTO)
                .version()
            > 0);
  }

  @Test
  void writeWhileTheGroupIsGivenUpGoesToTheOther() {
    stores.start(1);
    stores.start(2);
    stores.together(1, 2);
    awaitGivingUp(2);
    stores.write(2, "k", 0, "late");
    assertEquals("late", text(stores.read(1, "k")));
  }

  @Test
  void nodeThatDiesWhileItGivesUpFindsItselfAgainAlone() {
    stores.start(1);
    stores.start(2);
    stores.write(2, "k", 0, "mine");
    stores.together(1, 2);
    awaitGivingUp(2);
    stores.kill(2);
    stores.kill(1);
    stores.start(2);
    stores.simulation.advance(Duration.ofSeconds(20));
    Versioned found = stores.read(2, "k");
    assertEquals("mine", text(found));
    assertFalse(found.stale());
    stores.write(2, "k", found.version(), "again");
  }

  /** Found by the histories with bad disks: it began a group of its own, with entries of long ago. */
  @Test
  void whoJustStartedBeginsNoGroupBesideAVoterWithABadDisk() {
    stores.startTogether(1, 2, 3);
    stores.start(4);
    stores.together(1, 2, 3, 4);
    stores.simulation.until(
        "4 follows", SimulatedStores.LONG, () -> stores.node(4).store.node().replica() == null);
    stores.kill(4);
    stopVoting(2);
    stores.kill(1);
    stores.kill(3);
    stores.start(4);
    stores.together(4, 2);
    stores.simulation.advance(Duration.ofSeconds(40));
    assertEquals(null, stores.node(4).store.node().replica());
  }

  @Test
  void survivorOfTwoGoesOnAloneWhenToldAndTheOtherComesBack() {
    stores.start(1);
    stores.start(2);
    stores.together(1, 2);
    stores.awaitVoters(1, 2);
    Versioned kept = stores.write(2, "k", 0, "kept");
    IllegalStateException needless = assertInstanceOf(
        IllegalStateException.class, stores.failure(stores.node(1).store.goOnAlone()));
    assertTrue(needless.getMessage().contains("majority"), needless.getMessage());
    for (int dead : new int[] {1, 2}) { // leader or not
      int survivor = 3 - dead;
      stores.kill(dead);
      stores.split(List.of(survivor));
      stores.simulation.advance(Duration.ofSeconds(1));
      Throwable no = stores.failure(
          stores.node(survivor).store.compareAndSet("k", kept.version(), new byte[1]));
      assertInstanceOf(NoMajorityException.class, no);
      assertTrue(no.getMessage().contains("fluid:takeover"), no.getMessage());
      stores.get(stores.node(survivor).store.goOnAlone());
      stores.awaitVoters(survivor);
      assertEquals("kept", text(stores.read(survivor, "k")));
      Versioned alone = stores.write(survivor, "n" + dead, 0, "alone");
      stores.start(dead);
      // The one with the old log comes first: it must give way all the same.
      stores.together(dead, survivor);
      stores.awaitVoters(1, 2);
      assertEquals("alone", text(stores.read(dead, "n" + dead)));
      assertEquals(alone.version(), stores.read(dead, "n" + dead).version());
      kept = stores.write(dead, "k", stores.read(dead, "k").version(), "kept");
    }
  }

  @Test
  void clientGoesOnFromItsCopyWhenAllVotersAreGone() {
    stores.startTogether(1, 2, 3);
    stores.start(4);
    stores.start(5);
    stores.together(1, 2, 3, 4, 5);
    stores.simulation.advance(Duration.ofSeconds(6)); // 4 and 5 give their own groups up
    stores.write(4, "k", 0, "kept");
    stores.write(1, "l", 0, "gone");
    stores.write(5, "l", stores.read(5, "l").version(), "changed");
    Versioned removed = stores.write(5, "r", 0, "removed");
    stores.get(stores.node(5).store.compareAndSet("r", removed.version(), null)); // a version too
    stores.simulation.advance(Duration.ofSeconds(6));
    List.of(1, 2, 3).forEach(stores::kill);
    stores.together(4, 5);
    stores.simulation.advance(Duration.ofSeconds(1));
    Throwable no = stores.failure(stores.node(4).store.compareAndSet("m", 0, new byte[1]));
    assertTrue(no.getMessage().contains("fluid:takeover"), no.getMessage());
    stores.get(stores.node(5).store.goOnAlone());
    stores.awaitVoters(4, 5);
    assertEquals("kept", text(stores.read(4, "k")));
    assertEquals("changed", text(stores.read(4, "l")));
    assertTrue(
        stores.write(4, "m", 0, "new").version() > removed.version() + 1,
        "no version is given twice");
    stores.start(1);
    stores.start(2);
    stores.together(1, 2, 4, 5); // a majority of the old group, and first in the view
    var group = stores.node(5).store.votersNow().group();
    stores.simulation.until(
        "they come over",
        SimulatedStores.LONG,
        () -> stores.node(1).store.votersNow().group().equals(group)
            && stores.node(2).store.votersNow().group().equals(group));
    assertEquals("new", text(stores.read(1, "m")));
    assertEquals(group, stores.node(5).store.votersNow().group());
  }

  @Test
  void voterWithAFullDiskDoesNotGoOverToAnotherGroup() {
    stores.startTogether(1, 2, 3);
    Versioned mine = stores.write(2, "k", 0, "mine");
    stores.start(4);
    stores.write(4, "k", 0, "another's");
    stopVoting(2);
    stores.split(List.of(1, 3), List.of(4, 2));
    for (int i = 0; i < 40; i++) {
      stores.simulation.advance(Duration.ofMillis(500));
      assertEquals("mine", text(stores.read(2, "k")));
    }
    assertInstanceOf(
        NoMajorityException.class,
        stores.failure(stores.node(2).store.compareAndSet("l", 0, new byte[1])));
    stores.node(2).disk.full = false;
    stores.together(1, 2, 3, 4);
    stores.awaitVoters(1, 2, 3);
    stores.write(4, "k", mine.version(), "mine, by 4");
  }

  private void stopVoting(int node) {
    stores.node(node).disk.full = true;
    stores.simulation.until("the voter of " + node + " stops", SimulatedStores.LONG, () -> {
      stores.node(1).store.compareAndSet("other", 0, new byte[1]);
      stores.simulation.advance(Duration.ofMillis(100));
      return stores.node(node).store.node().replica() == null;
    });
  }

  /** What one has heard of a group may be long past. */
  @Test
  void clientDoesNotGoBackToAGroupThatAnotherStillTellsOf() {
    stores.startTogether(1, 2, 3);
    stores.start(4);
    stores.start(5);
    stores.together(1, 2, 3, 4, 5);
    stores.simulation.until(
        "4 and 5 follow",
        SimulatedStores.LONG,
        () -> List.of(4, 5).stream()
            .allMatch(each -> stores.node(each).store.node().replica() == null));
    stores.simulation.advance(Duration.ofSeconds(6));
    UUID before = group(4);
    assertEquals(group(1), before);
    List.of(1, 2, 3).forEach(stores::kill);
    stores.startTogether(6, 7, 8);
    stores.together(4, 5, 6, 7, 8);
    for (int other : new int[] {6, 7, 8}) { // 4 hears nothing of the new group
      stores.cutOneWay(4, other);
      stores.cutOneWay(other, 4);
    }
    stores.simulation.until("5 goes to 6", SimulatedStores.LONG, () -> group(5).equals(group(6)));
    for (int i = 0; i < 100; i++) {
      stores.simulation.advance(Duration.ofMillis(100));
      assertEquals(group(6), group(5));
    }
    assertEquals(before, group(4));
  }

  /** Both gave up for one another, and one voter has not heard of it: it would speak for its group for ever. */
  @Test
  void voterOfAGroupGivenUpIsToldSoByThoseWhoHaveNone() {
    for (int first : new int[] {1, 4}) {
      stores = new SimulatedStores(first, folder.resolve("first" + first));
      stores.startTogether(1, 2, 3);
      stores.startTogether(4, 5);
      stores.split(List.of(1, 2, 4, 5), List.of(3));
      for (int node : new int[] {1, 2}) {
        stores.simulation.advance(Duration.ofMillis(5));
        stores.node(node).store.onView(new View(900 + node, stores.view(4, 5, 1, 2), Set.of()));
      }
      stores.simulation.until(
          "all but 3 have given up",
          SimulatedStores.LONG,
          () -> List.of(1, 2, 4, 5).stream()
              .allMatch(each -> stores.node(each).store.node().replica() == null));
      List<Integer> view = new ArrayList<>(List.of(1, 2, 4, 5));
      view.remove((Integer) first);
      view.add(0, first);
      view.add(3);
      stores.together(view.toArray(Integer[]::new));
      stores.simulation.until(
          "one group",
          SimulatedStores.LONG,
          () -> view.stream()
              .allMatch(each -> stores.node(each).store.votersNow().group().isPresent()
                  && group(each).equals(group(first))));
      stores.write(3, "k", 0, "goes on");
      assertEquals("goes on", text(stores.read(5, "k")));
      assertEquals(List.of(), stores.simulation.failures());
    }
  }

  private UUID group(int node) {
    return stores.node(node).store.votersNow().group().orElseThrow();
  }

  @Test
  void learnerWhoseGroupIsLostLetsTheOthersBeginOne() throws IOException {
    stores.start(1);
    stores.start(2);
    stores.together(1, 2);
    stores.awaitVoters(1, 2);
    stores.write(1, "k", 0, "of old");
    stores.stop(1);
    stores.together(2);
    stores.awaitVoters(2);
    stores.start(3);
    stores.together(2, 3);
    UUID group = group(2);
    stores.simulation.until("3 learns", SimulatedStores.LONG, () -> {
      Replica own = stores.node(3).store.node().replica();
      return own != null && own.group().equals(group) && !own.isMember();
    });
    stores.kill(2);
    Files.delete(stores.folder(2).resolve(RaftDisk.FORM.file())); // but not what it set aside
    stores.start(2);
    stores.together(3, 2); // the learner is the one who would have to begin it
    stores.awaitVoters(2, 3);
    stores.write(3, "l", 0, "new");
    assertEquals("new", text(stores.read(2, "l")));
  }
}
