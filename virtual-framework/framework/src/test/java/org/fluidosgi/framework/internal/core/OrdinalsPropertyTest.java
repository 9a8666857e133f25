package org.fluidosgi.framework.internal.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.framework.VirtualId;
import org.fluidosgi.framework.internal.core.OrdinalTable.Given;
import org.fluidosgi.framework.internal.core.OrdinalTable.NotDecidedException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random lives of nodes that join, restart, split, merge and install, against the promise of ids. */
class OrdinalsPropertyTest {
  @TempDir
  Path folder;

  private final class Node {
    final NodeId id;
    final FakeGroupStore store;
    NodeIds ids;
    OrdinalTable table;

    Node(Random random) throws IOException {
      this(random, new FakeGroupStore());
    }

    Node(Random random, FakeGroupStore store) throws IOException {
      this.store = store;
      id = new NodeId(new UUID(random.nextLong(), random.nextLong()));
      restart(random);
    }

    void restart(Random random) throws IOException {
      ids = NodeIds.open(
          folder.resolve(id.toString()), () -> new UUID(random.nextLong(), random.nextLong()));
      table = new OrdinalTable(ids.numbers().group());
      table.attach(store);
      table.learn(ids.numbers().group(), id, ids.numbers().ordinal());
    }

    void takeFrom(Node first) throws IOException {
      NodeIds.Numbers last = ids.numbers();
      Given given;
      try {
        given = first
            .table
            .assign(id, last.group(), last.ordinal())
            .toCompletableFuture()
            .join();
      } catch (CompletionException e) {
        assertTrue(e.getCause() instanceof NotDecidedException, e.toString());
        return;
      }
      if (ids.renumber(given.group(), given.ordinal())) {
        table.useGroup(given.group());
        table.learn(given.group(), id, given.ordinal());
      }
    }
  }

  /** A view: the first hands out, then everybody hears everybody's record. */
  private static void view(List<Node> members) throws IOException {
    for (Node member : members.subList(1, members.size())) {
      member.takeFrom(members.get(0));
    }
    for (Node member : members) {
      for (Node other : members) {
        member.table.learn(
            other.ids.numbers().group(), other.id, other.ids.numbers().ordinal());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void idsNameOneBundleAndMembersDiffer(long seed) throws Exception {
    Random random = new Random(seed);
    List<Node> all = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      all.add(new Node(random));
    }
    // Members of one view differ in ordinal, so an id is unique if no node ever repeats a counter.
    Map<String, NodeId> meaning = new HashMap<>();
    for (int step = 0; step < 60; step++) {
      String at = "seed " + seed + ", step " + step;
      List<Node> members = new ArrayList<>(all);
      java.util.Collections.shuffle(members, random);
      members = members.subList(0, 1 + random.nextInt(members.size()));
      if (random.nextInt(4) == 0) {
        Node restarted = members.get(random.nextInt(members.size()));
        NodeIds.Numbers before = restarted.ids.numbers();
        restarted.restart(random);
        assertEquals(before, restarted.ids.numbers(), at);
      }
      view(members);
      Set<Integer> ordinals = new HashSet<>();
      for (Node member : members) {
        assertEquals(members.get(0).ids.numbers().group(), member.ids.numbers().group(), at);
        assertTrue(ordinals.add(member.ids.numbers().ordinal()), at + ": an ordinal twice");
      }
      Node installer = members.get(random.nextInt(members.size()));
      VirtualId id = installer.ids.next();
      String name = id.counter() + " of " + installer.id;
      assertEquals(null, meaning.put(name, installer.id), at + ": a counter twice");
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {11, 12, 13})
  void aStableGroupKeepsItsOrdinalsThroughRestartsAndNewFirstMembers(long seed) throws Exception {
    Random random = new Random(seed);
    List<Node> members = new ArrayList<>();
    Map<NodeId, Integer> given = new HashMap<>();
    for (int i = 0; i < 5; i++) {
      members.add(new Node(random));
      view(members);
    }
    members.forEach(member -> given.put(member.id, member.ids.numbers().ordinal()));
    for (int step = 0; step < 60; step++) {
      List<Node> some = new ArrayList<>(members);
      java.util.Collections.shuffle(some, random);
      some = some.subList(0, 1 + random.nextInt(some.size()));
      some.get(0).restart(random);
      view(some);
      for (Node member : some) {
        assertEquals(given.get(member.id), member.ids.numbers().ordinal(), "seed " + seed);
      }
      Node late = new Node(random);
      List<Node> withLate = new ArrayList<>(some);
      withLate.add(late);
      view(withLate);
      assertFalse(
          given.containsValue(late.ids.numbers().ordinal()),
          "seed " + seed + ": an ordinal of a node that is away was given again");
      view(List.of(members.get(0), members.get(1), members.get(2), members.get(3), members.get(4)));
    }
  }

  /** Nodes with one agreed store, whose voters are the first three: never, not even at different times or on both sides of a split, do two
   * nodes have the same ordinal of the same group. */
  @ParameterizedTest
  @ValueSource(longs = {21, 22, 23, 24, 25, 26, 27, 28, 29, 30})
  void anAgreedStoreGivesNoOrdinalTwice(long seed) throws Exception {
    Random random = new Random(seed);
    FakeGroupStore agreed = new FakeGroupStore();
    List<Node> all = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      all.add(new Node(random, agreed));
    }
    Map<String, NodeId> holders = new HashMap<>();
    int undecided = 0;
    for (int step = 0; step < 200; step++) {
      if (random.nextInt(6) == 0) {
        all.set(3 + random.nextInt(4), new Node(random, agreed));
      }
      List<Node> members = new ArrayList<>(all);
      java.util.Collections.shuffle(members, random);
      members = members.subList(0, 1 + random.nextInt(members.size()));
      if (random.nextInt(3) == 0) {
        members.get(random.nextInt(members.size())).restart(random);
      }
      agreed.refuse(members.stream().filter(all.subList(0, 3)::contains).count() < 2);
      view(members);
      for (Node member : members) {
        NodeIds.Numbers has = member.ids.numbers();
        NodeId holder = holders.putIfAbsent(has.group() + " " + has.ordinal(), member.id);
        assertTrue(holder == null || holder.equals(member.id), "seed " + seed + " step " + step);
        undecided += has.group().equals(members.get(0).ids.numbers().group()) ? 0 : 1;
      }
    }
    assertTrue(undecided > 0, "no node ever had to wait");
    agreed.refuse(false);
    view(all);
    assertEquals(
        1, all.stream().map(each -> each.ids.numbers().group()).distinct().count());
    assertEquals(
        all.size(),
        all.stream().map(each -> each.ids.numbers().ordinal()).distinct().count());
  }

  @Test
  void aNodeThatIsKnownGetsItsOrdinalBackWithoutAMajority() throws Exception {
    FakeGroupStore agreed = new FakeGroupStore();
    Node first = new Node(new Random(1), agreed);
    Node second = new Node(new Random(2), agreed);
    second.takeFrom(first);
    first.restart(new Random(3)); // knows only what the store tells
    agreed.refuse(true);
    NodeIds.Numbers has = second.ids.numbers();
    Given given = first
        .table
        .assign(second.id, has.group(), has.ordinal())
        .toCompletableFuture()
        .join();
    assertEquals(new Given(has.group(), 2), given);
  }

  @Test
  void withoutAStoreNothingIsGiven() throws Exception {
    Node first = new Node(new Random(1));
    first.table.attach(null);
    NodeId other = new NodeId(new UUID(8, 8));
    CompletionException refused = assertThrows(
        CompletionException.class,
        () -> first
            .table
            .assign(other, first.ids.numbers().group(), 1)
            .toCompletableFuture()
            .join());
    assertTrue(refused.getMessage().contains("no group store"), refused.getMessage());
  }

  @Test
  void whatWasHeardOfWhileNothingCouldBeWrittenIsNotGivenAway() throws Exception {
    FakeGroupStore store = new FakeGroupStore();
    Node first = new Node(new Random(1), store);
    UUID group = first.ids.numbers().group();
    store.refuse(true);
    NodeId heard = new NodeId(new UUID(9, 9));
    first.table.learn(group, heard, 2);
    store.refuse(false);
    new Node(new Random(2), store).takeFrom(first); // the store works again: everything is written
    first.restart(new Random(3));
    Node late = new Node(new Random(4), store);
    late.takeFrom(first);
    assertEquals(4, late.ids.numbers().ordinal());
    assertEquals(
        heard.toString(),
        new String(
            store.entries.get("ordinals/" + group + "/2").value(),
            java.nio.charset.StandardCharsets.UTF_8));
  }

  @Test
  void aLoneNodeIsItsOwnGroupWithOrdinalOne() throws Exception {
    Node node = new Node(new Random(1));
    assertEquals("n1:1", node.ids.next().toString());
    node.restart(new Random(2));
    assertEquals("n1:2", node.ids.next().toString());
  }

  @Test
  void aDamagedFileIsNotOverwritten() throws Exception {
    Path file = Files.writeString(folder.resolve("ids"), "1 nonsense\n");
    IOException refused =
        assertThrows(IOException.class, () -> NodeIds.open(file, UUID::randomUUID));
    assertTrue(refused.getMessage().contains("is damaged"));
    assertEquals("1 nonsense\n", Files.readString(file));
  }

  @Test
  void oneRecordDoesNotUseUpTheOrdinals() throws Exception {
    Node first = new Node(new Random(1));
    UUID group = first.ids.numbers().group();
    NodeId liar = new NodeId(new UUID(7, 7));
    first.table.learn(group, liar, Integer.MAX_VALUE);
    first.table.learn(group, liar, OrdinalTable.ORDINALS_MAX);
    Node second = new Node(new Random(2));
    second.takeFrom(first);
    assertEquals(2, second.ids.numbers().ordinal());
    Given given = first
        .table
        .assign(new NodeId(new UUID(8, 8)), group, Integer.MAX_VALUE)
        .toCompletableFuture()
        .join();
    assertEquals(3, given.ordinal());
  }

  @Test
  void anOrdinalBeyondTheLastIsDamage() throws Exception {
    Path file = Files.writeString(folder.resolve("ids"), "1 " + UUID.randomUUID() + " 65537 1\n");
    assertThrows(IOException.class, () -> NodeIds.open(file, UUID::randomUUID));
  }

  @Test
  void theLastCounterIsTheEnd() throws Exception {
    Path file =
        Files.writeString(folder.resolve("ids"), "1 " + UUID.randomUUID() + " 3 4294967295\n");
    NodeIds ids = NodeIds.open(file, UUID::randomUUID);
    assertEquals("n3:4294967295", ids.next().toString());
    assertThrows(IOException.class, ids::next);
    assertThrows(IOException.class, () -> NodeIds.open(file, UUID::randomUUID).next());
  }
}
