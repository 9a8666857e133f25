package org.fluidosgi.registry.internal.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.fluidosgi.channel.Incarnation;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.channel.Registration;
import org.fluidosgi.registry.Attributes;
import org.fluidosgi.registry.Interest;
import org.fluidosgi.registry.Inventory;
import org.fluidosgi.registry.Membership;
import org.fluidosgi.registry.Page;
import org.fluidosgi.registry.Publication;
import org.fluidosgi.registry.RecordId;
import org.fluidosgi.registry.RegistryRecord;
import org.fluidosgi.registry.RegistryStore;
import org.fluidosgi.registry.Sink;
import org.fluidosgi.registry.View;
import org.fluidosgi.registry.internal.OsgiFilters;
import org.fluidosgi.registry.internal.compact.SharedValues;
import org.fluidosgi.registry.testkit.Simulation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.osgi.framework.Version;

class ReplicaStoreTest {
  private static final NodeId SELF = new NodeId(new UUID(0, 1));
  private static final NodeId PEER = new NodeId(new UUID(0, 2));
  private static final Incarnation LIFE = new Incarnation(new UUID(9, 1), 1);
  private static final Incarnation PEER_1 = new Incarnation(new UUID(9, 2), 1);
  private static final Incarnation PEER_2 = new Incarnation(new UUID(9, 3), 2);

  private final Simulation simulation = new Simulation(1);
  private final ReplicaStore store = new ReplicaStore(
      "n1", SELF, LIFE, simulation.env(), new OsgiFilters(), Duration.ofSeconds(5));
  private final ScriptedEngine engine = new ScriptedEngine(SELF);
  private final RecordingSink sink = new RecordingSink();

  @AfterEach
  void nothingWentWrong() {
    assertEquals(List.of(), simulation.failures());
    assertEquals(List.of(), sink.violations);
  }

  private void run() {
    simulation.advance(Duration.ofMillis(1));
  }

  private void join() {
    engine.start(store.attach(engine));
    engine.view(SELF, PEER);
    run();
  }

  private <T> T get(CompletionStage<T> stage) {
    run();
    assertTrue(stage.toCompletableFuture().isDone());
    return stage.toCompletableFuture().join();
  }

  private <T extends Throwable> T failure(Class<T> type, CompletionStage<?> stage) {
    run();
    CompletionException e = assertThrows(
        CompletionException.class, () -> stage.toCompletableFuture().join());
    return assertInstanceOf(type, e.getCause());
  }

  private static Publication publication(String name, Map<String, Object> attributes) {
    return Publication.of("k", name, Set.of("name:" + name), attributes);
  }

  private static byte[] put(Incarnation life, long seq, String name, int value) {
    RegistryRecord record = new RegistryRecord(
        new RecordId(PEER, "k", name),
        life,
        0,
        seq,
        RegistryRecord.Scope.GROUP,
        Duration.ZERO,
        1,
        Set.of(),
        Map.of());
    byte[] bytes = RecordCodec.encode(record, Attributes.encode(Map.of("value", value)));
    return MessageCodec.encode(new RegistryMessage.Put(life, seq, bytes));
  }

  private static byte[] emptyDigest(Incarnation life) {
    return MessageCodec.encode(new RegistryMessage.Digest(life, 0, 0, 0));
  }

  private void hear(byte[] message) {
    engine.handler.onMessage(PEER, message);
    run();
  }

  private Map<String, Object> shownOfPeer() {
    Map<String, Object> shown = new java.util.TreeMap<>();
    sink.known.values().stream()
        .filter(record -> record.id().owner().equals(PEER))
        .forEach(record -> shown.put(record.id().name(), record.attributes().get("value")));
    return shown;
  }

  // ---- publishing and subscribing on one node

  @Test
  void subscriberHearsSnapshotMarkAndDeltas() {
    get(store.publish(publication("a", Map.of("x", 1))));
    Registration registration = store.subscribe(Interest.inKind("k"), sink);
    run();
    assertEquals(List.of("+a"), sink.events);
    assertEquals(1, sink.completes);
    get(store.publish(publication("b", Map.of("x", 1))));
    get(store.publish(publication("a", Map.of("x", 2))));
    get(store.publish(publication("a", Map.of("x", 2)))); // unchanged
    get(store.withdraw("k", "b"));
    get(store.withdraw("k", "b")); // not there
    assertEquals(List.of("+a", "+b", "~a", "-b"), sink.events);
    registration.close();
    get(store.withdraw("k", "a"));
    assertEquals(4, sink.events.size());
  }

  @Test
  void unchangedMeansSameTypesAndContents() {
    store.subscribe(Interest.inKind("k"), sink);
    get(store.publish(publication("a", Map.of("x", new int[] {1}, "y", List.of("z")))));
    get(store.publish(publication("a", Map.of("y", List.of("z"), "x", new int[] {1}))));
    assertEquals(List.of("+a"), sink.events);
    get(store.publish(publication("a", Map.of("y", List.of("z"), "x", new long[] {1}))));
    get(store.publish(publication("a", Map.of("y", Set.of("z"), "x", new long[] {1}))));
    get(store.publish(
        Publication.of("k", "a", Set.of(), Map.of("y", Set.of("z"), "x", new long[] {1}))));
    assertEquals(List.of("+a", "~a", "~a", "~a"), sink.events);
  }

  @Test
  void publisherMayReuseItsArrays() {
    store.subscribe(Interest.inKind("k"), sink);
    int[] array = {1};
    get(store.publish(publication("a", Map.of("x", array))));
    array[0] = 2;
    RegistryRecord record = sink.known.values().iterator().next();
    assertArrayEquals(new int[] {1}, (int[]) record.attributes().get("x"));
    get(store.publish(publication("a", Map.of("x", array))));
    assertEquals(List.of("+a", "~a"), sink.events);
  }

  @Test
  void filterAndKeysSelectAndAMoveInOrOutIsAddOrRemove() {
    store.subscribe(new Interest("k", Set.of("name:a", "name:b"), "(&(x>=2)(V=1.5))"), sink);
    Version version = new Version("1.5");
    get(store.publish(publication("a", Map.of("x", 1, "v", version))));
    get(store.publish(publication("c", Map.of("x", 5, "v", version))));
    assertEquals(List.of(), sink.events);
    get(store.publish(publication("a", Map.of("X", 2, "v", version))));
    get(store.publish(publication("a", Map.of("x", 3, "v", version))));
    get(store.publish(publication("a", Map.of("x", 0, "v", version))));
    assertEquals(List.of("+a", "~a", "-a"), sink.events);
  }

  @Test
  void failingSinkDoesNotDisturbOthers() {
    List<String> told = new ArrayList<>();
    store.subscribe(Interest.inKind("k"), new Sink() {
      @Override
      public void added(RegistryRecord record) {
        told.add(record.id().name());
        throw new IllegalStateException("a sink that fails");
      }

      @Override
      public void modified(RegistryRecord record, RegistryRecord before) {}

      @Override
      public void removed(RegistryRecord record) {}
    });
    store.subscribe(Interest.inKind("k"), sink);
    get(store.publish(publication("a", Map.of())));
    get(store.publish(publication("b", Map.of())));
    assertEquals(List.of("a", "b"), told);
    assertEquals(List.of("+a", "+b"), sink.events);
  }

  @Test
  void sinkThatClosesItselfHearsNothingMore() {
    List<String> told = new ArrayList<>();
    Registration[] own = new Registration[1];
    for (int i = 0; i < 3; i++) {
      get(store.publish(publication("r" + i, Map.of())));
    }
    own[0] = store.subscribe(Interest.inKind("k"), new Sink() {
      @Override
      public void added(RegistryRecord record) {
        told.add(record.id().name());
        own[0].close();
      }

      @Override
      public void modified(RegistryRecord record, RegistryRecord before) {}

      @Override
      public void removed(RegistryRecord record) {}

      @Override
      public void complete(long epoch) {
        told.add("complete");
      }
    });
    run();
    get(store.publish(publication("r9", Map.of())));
    assertEquals(List.of("r0"), told);
  }

  @Test
  void scanPagesThroughEverythingOnce() {
    for (int i = 0; i < 25; i++) {
      get(store.publish(publication("r" + i, Map.of("odd", i % 2 == 1))));
    }
    List<String> seen = new ArrayList<>();
    String cursor = null;
    do {
      Page page = get(store.scan(new Interest("k", Set.of(), "(odd=true)"), 5, cursor));
      assertTrue(page.records().size() <= 5);
      page.records().forEach(record -> seen.add(record.id().name()));
      cursor = page.next();
      // What is published and withdrawn meanwhile does not disturb the rest.
      get(store.withdraw("k", "r" + seen.size() * 2));
    } while (cursor != null);
    assertEquals(12, seen.size());
    assertEquals(12, Set.copyOf(seen).size());
    assertEquals(0, get(store.scan(Interest.inKind("none"), 1, null)).records().size());
  }

  @Test
  void badArgumentsAreNamed() {
    for (String filter : List.of("(", "(a=b", "a=b", "", "(&)")) {
      IllegalArgumentException e = assertThrows(
          IllegalArgumentException.class,
          () -> store.subscribe(new Interest("k", Set.of(), filter), sink));
      assertTrue(e.getMessage().contains("filter " + filter), e.getMessage());
    }
    assertThrows(IllegalArgumentException.class, () -> store.scan(Interest.inKind("k"), 0, null));
    assertThrows(
        IllegalArgumentException.class,
        () -> store.scan(Interest.inKind("k"), RegistryStore.PAGE_RECORDS_MAX + 1, null));
    assertThrows(IllegalArgumentException.class, () -> store.scan(Interest.inKind("k"), 1, "?"));
    IllegalArgumentException e = assertThrows(
        IllegalArgumentException.class,
        () -> store.publish(publication("a", Map.of("x", new StringBuilder()))));
    assertTrue(e.getMessage().contains("'x'"), e.getMessage());
    e = assertThrows(
        IllegalArgumentException.class,
        () -> store.publish(
            publication("a", Map.of("x", new byte[200_000], "y", new byte[62_130], "z", "zz"))));
    assertTrue(e.getMessage().contains("262144"), e.getMessage());
    assertThrows(
        IllegalArgumentException.class,
        () -> store.publish(Publication.of("k", "a", Set.of("x".repeat(1_025)), Map.of())));
    assertThrows(IllegalArgumentException.class, () -> store.publish(publication(" ", Map.of())));
  }

  @Test
  void termMayNotFall() {
    get(store.publish(
        new Publication("k", "a", 5, RegistryRecord.Scope.GROUP, Set.of(), Map.of("x", 1))));
    failure(IllegalArgumentException.class, store.publish(publication("a", Map.of("x", 2))));
    get(store.publish(
        new Publication("k", "a", 6, RegistryRecord.Scope.GROUP, Set.of(), Map.of("x", 1))));
  }

  @Test
  void answersArePartialUntilEveryMembersRecordsAreKnown() {
    assertFalse(get(store.scan(Interest.inKind("k"), 1, null)).partial());
    join();
    assertTrue(get(store.scan(Interest.inKind("k"), 1, null)).partial());
    assertTrue(get(store.scan(Interest.inKind("none"), 1, null)).partial());
    assertTrue(get(store.explain(Interest.inKind("k"))).partial());
    hear(emptyDigest(PEER_1));
    assertFalse(get(store.scan(Interest.inKind("k"), 1, null)).partial());
    assertFalse(get(store.explain(Interest.inKind("k"))).partial());
  }

  @Test
  void inventoryCountsWhatIsHeld() {
    get(store.publish(publication("a", Map.of())));
    get(store.publish(
        new Publication("l", "b", 0, RegistryRecord.Scope.LOCAL, Set.of(), Map.of())));
    join();
    Inventory inventory = get(store.inventory());
    assertTrue(inventory.partial());
    assertEquals(
        new Inventory.Owner(PEER, null, false, 0, 0, 0), inventory.owners().get(1));
    hear(emptyDigest(PEER_1));
    hear(put(PEER_1, 1, "c", 3));
    inventory = get(store.inventory());
    assertFalse(inventory.partial());
    assertEquals(Map.of("k", 2, "l", 1), inventory.kinds());
    Inventory.Owner own = inventory.owners().get(0);
    assertEquals(SELF, own.node());
    assertEquals(1, own.seq());
    assertEquals(1, own.records());
    Inventory.Owner peer = inventory.owners().get(1);
    assertEquals(new Inventory.Owner(PEER, PEER_1, true, 1, 1, peer.hash()), peer);
  }

  @Test
  void writesAfterCloseFail() {
    store.close();
    failure(IllegalStateException.class, store.publish(publication("a", Map.of())));
    failure(IllegalStateException.class, store.withdraw("k", "a"));
  }

  @Test
  void lookAroundTheEndFailsInsteadOfFindingNothing() {
    get(store.publish(publication("a", Map.of())));
    get(store.publish(publication("b", Map.of())));
    String next = get(store.scan(Interest.inKind("k"), 1, null)).next();
    CompletionStage<Page> before = store.scan(Interest.inKind("k"), 1, next);
    store.publish(publication("c", Map.of()));
    CompletionStage<Page> waiting = store.scan(Interest.inKind("k"), 1, next);
    store.close();
    assertEquals(1, get(before).records().size());
    failure(IllegalStateException.class, waiting);
    failure(IllegalStateException.class, store.scan(Interest.inKind("k"), 1, next));
  }

  @Test
  void aLookSeesWhatWasHandedOverBeforeIt() {
    CompletableFuture<Page> nothing =
        store.scan(Interest.inKind("k"), 5, null).toCompletableFuture();
    assertTrue(nothing.isDone(), "the store had nothing to do");
    assertEquals(0, nothing.join().records().size());
    store.publish(publication("a", Map.of()));
    CompletableFuture<Page> one = store.scan(Interest.inKind("k"), 5, null).toCompletableFuture();
    assertFalse(one.isDone(), "a write waits");
    store.withdraw("k", "a");
    CompletableFuture<Page> none = store.scan(Interest.inKind("k"), 5, null).toCompletableFuture();
    assertEquals(1, get(one).records().size());
    assertEquals(0, get(none).records().size());
    join();
    hear(emptyDigest(PEER_1));
    engine.handler.onMessage(PEER, put(PEER_1, 1, "b", 1));
    assertEquals(1, get(store.scan(Interest.inKind("k"), 5, null)).records().size());
    engine.view(SELF);
    assertEquals(0, get(store.scan(Interest.inKind("k"), 5, null)).records().size());
    assertTrue(store.scan(Interest.inKind("k"), 5, null).toCompletableFuture().isDone());
  }

  @Test
  void aSubscriberThatLooksSeesAllOfTheChange() {
    List<Integer> seen = new ArrayList<>();
    store.subscribe(Interest.inKind("k"), new Sink() {
      @Override
      public void added(RegistryRecord record) {}

      @Override
      public void modified(RegistryRecord record, RegistryRecord before) {}

      @Override
      public void removed(RegistryRecord record) {
        store
            .scan(Interest.inKind("k"), 5, null)
            .thenAccept(page -> seen.add(page.records().size()));
      }
    });
    join();
    hear(emptyDigest(PEER_1));
    hear(put(PEER_1, 1, "a", 1));
    hear(put(PEER_1, 2, "b", 1));
    engine.view(SELF);
    run();
    assertEquals(List.of(0, 0), seen, "not one removed and one left");
  }

  // ---- on the wire

  @Test
  void localRecordsStayLocal() {
    store.subscribe(Interest.inKind("k"), sink);
    join();
    engine.sent.clear();
    get(store.publish(
        new Publication("k", "a", 0, RegistryRecord.Scope.LOCAL, Set.of(), Map.of("x", 1))));
    assertEquals(List.of(), engine.sent);
    get(store.publish(publication("a", Map.of("x", 2))));
    get(store.publish(
        new Publication("k", "a", 0, RegistryRecord.Scope.LOCAL, Set.of(), Map.of("x", 3))));
    List<RegistryMessage> sent = engine.sentMessages();
    assertInstanceOf(RegistryMessage.Put.class, sent.get(0));
    assertInstanceOf(RegistryMessage.Withdraw.class, sent.get(1));
    assertEquals(2, sent.size());
    assertEquals(List.of("+a", "~a", "~a"), sink.events);
  }

  @Test
  void writeIsHandedOverWhenTheStageCompletesThoughNobodyAnswers() {
    join();
    engine.sent.clear();
    get(store.publish(publication("a", Map.of("x", 1))));
    RegistryMessage.Put put =
        assertInstanceOf(RegistryMessage.Put.class, engine.sentMessages().get(0));
    StoredRecord stored = RecordCodec.decode(SELF, LIFE, put.record(), SharedValues.none());
    assertEquals("a", stored.record().id().name());
    assertEquals(Map.of("x", 1), stored.record().attributes());
  }

  @Test
  void engineThatRefusesDoesNotFailAWrite() {
    ScriptedEngine refusing = new ScriptedEngine(SELF);
    refusing.start(store.attach(refusing));
    run();
    get(store.publish(publication("a", Map.of())));
    store.detach(refusing.handler);
    get(store.publish(publication("b", Map.of())));
    assertEquals(1, refusing.sent.size());
  }

  @Test
  void engineWithShortMessagesIsRefused() {
    engine.messageBytesMax = 1_000;
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> store.attach(engine));
    assertTrue(e.getMessage().contains("1000"), e.getMessage());
  }

  @Test
  void laterLifeVoidsTheEarlierAndLateWordsAreIgnored() {
    store.subscribe(Interest.inKind("k"), sink);
    join();
    hear(emptyDigest(PEER_1));
    hear(put(PEER_1, 1, "a", 1));
    assertEquals(Map.of("a", 1), shownOfPeer());
    hear(emptyDigest(PEER_2));
    assertEquals(Map.of(), shownOfPeer());
    hear(put(PEER_2, 1, "b", 1));
    hear(put(PEER_1, 2, "a", 2)); // late, of the earlier life
    hear(put(PEER_1, 1, "a", 1));
    assertEquals(Map.of("b", 1), shownOfPeer());
    hear(put(PEER_2, 2, "c", 2));
    assertEquals(Map.of("b", 1, "c", 2), shownOfPeer());
    // Not even after the owner was gone for a while.
    engine.view(SELF);
    engine.view(SELF, PEER);
    run();
    hear(emptyDigest(PEER_1));
    hear(put(PEER_1, 1, "a", 1));
    assertEquals(Map.of(), shownOfPeer());
  }

  @Test
  void nothingIsTakenFromThoseOutsideTheView() {
    store.subscribe(Interest.inKind("k"), sink);
    join();
    hear(emptyDigest(PEER_1));
    hear(put(PEER_1, 1, "a", 1));
    engine.view(SELF);
    run();
    assertEquals(Map.of(), shownOfPeer());
    hear(put(PEER_1, 2, "b", 1));
    hear(emptyDigest(PEER_2));
    assertEquals(Map.of(), shownOfPeer());
    failure(
        IllegalStateException.class,
        engine.handler.onRequest(
            PEER, MessageCodec.encode(new RegistryMessage.SnapshotRequest(PEER_1, -1, 0))));
  }

  @Test
  void copiedNodeIsIgnored() {
    store.subscribe(Interest.inKind("k"), sink);
    join();
    hear(emptyDigest(PEER_1));
    Incarnation twin = new Incarnation(new UUID(77, 77), 1);
    hear(emptyDigest(twin));
    hear(put(twin, 1, "twin", 1));
    hear(put(PEER_1, 1, "a", 1));
    assertEquals(Map.of("a", 1), shownOfPeer());
  }

  @Test
  void unknownAndMalformedMessagesAreIgnored() {
    store.subscribe(Interest.inKind("k"), sink);
    join();
    hear(emptyDigest(PEER_1));
    byte[] good = put(PEER_1, 1, "a", 1);
    byte[] version = good.clone();
    version[0] = 2;
    byte[] kind = good.clone();
    kind[1] = 99;
    hear(version);
    hear(kind);
    hear(new byte[0]);
    for (int length = 1; length < good.length; length++) {
      hear(java.util.Arrays.copyOf(good, length));
    }
    assertEquals(Map.of(), shownOfPeer());
    hear(good);
    assertEquals(Map.of("a", 1), shownOfPeer());
  }

  @Test
  void missingWriteHoldsBackLaterOnesAndIsReadFromTheOwner() {
    store.subscribe(Interest.inKind("k"), sink);
    join();
    hear(emptyDigest(PEER_1));
    hear(put(PEER_1, 1, "a", 1));
    CompletableFuture<byte[]> answer = new CompletableFuture<>();
    engine.answer = request -> answer;
    hear(put(PEER_1, 3, "c", 3));
    assertEquals(Map.of("a", 1), shownOfPeer());
    assertEquals(1, engine.requests.size());
    hear(put(PEER_1, 4, "d", 4));
    assertEquals(1, engine.requests.size(), "one reading at a time");
    answer.complete(MessageCodec.encode(new RegistryMessage.SnapshotChunk(
        PEER_1, 3, 2, 0, List.of(record(2, "b", 2), record(3, "c", 3)))));
    run();
    assertEquals(Map.of("b", 2, "c", 3, "d", 4), shownOfPeer());
  }

  private static byte[] record(long seq, String name, int value) {
    byte[] put = put(PEER_1, seq, name, value);
    return java.util.Arrays.copyOfRange(put, MessageCodec.HEADER_BYTES + 8, put.length);
  }

  @Test
  void nonsenseAnswersAreAskedAgainAndNeverShown() {
    store.subscribe(Interest.inKind("k"), sink);
    join();
    List<byte[]> nonsense = List.of(
        new byte[0],
        emptyDigest(PEER_1),
        MessageCodec.encode(new RegistryMessage.SnapshotChunk(PEER_1, -1, 0, 0, List.of())),
        MessageCodec.encode(new RegistryMessage.SnapshotChunk(PEER_1, 5, 3, 0, List.of())),
        MessageCodec.encode(new RegistryMessage.SnapshotChunk(PEER_1, 5, 3, 1, List.of())),
        MessageCodec.encode(
            new RegistryMessage.SnapshotChunk(PEER_1, 5, 1, 0, List.of(new byte[] {1, 2}))));
    List<byte[]> left = new ArrayList<>(nonsense);
    engine.answer = request -> CompletableFuture.completedFuture(
        left.isEmpty()
            ? MessageCodec.encode(
                new RegistryMessage.SnapshotChunk(PEER_1, 5, 1, 0, List.of(record(5, "e", 5))))
            : left.remove(0));
    hear(MessageCodec.encode(new RegistryMessage.Digest(PEER_1, 5, 1, 7)));
    assertEquals(Map.of(), shownOfPeer());
    simulation.advance(Duration.ofSeconds(60));
    assertEquals(nonsense.size() + 1, engine.requests.size());
    assertEquals(Map.of("e", 5), shownOfPeer());
  }

  @Test
  void silentPeerIsAskedALimitedNumberOfTimes() {
    engine.answer = request -> CompletableFuture.failedFuture(new IllegalStateException("no"));
    join();
    simulation.advance(Duration.ofMinutes(10));
    assertEquals(SnapshotReading.ATTEMPTS_MAX, engine.requests.size());
  }

  @Test
  void suspicionsArePassedOnAndEndWithTheMember() {
    List<Collection<NodeId>> told = new ArrayList<>();
    join();
    store.membership().listen(new Membership.Listener() {
      @Override
      public void onView(View view) {}

      @Override
      public void onSuspected(Set<NodeId> suspected) {
        told.add(suspected);
      }
    });
    engine.handler.onSuspected(Set.of(PEER));
    engine.handler.onSuspected(Set.of(PEER));
    run();
    assertEquals(Set.of(PEER), store.membership().suspected());
    engine.view(SELF);
    run();
    assertEquals(List.of(Set.of(PEER), Set.of()), told);
  }

  @Test
  void snapshotIsToldInTheOrderOfItsWrites() {
    store.subscribe(Interest.inKind("k"), sink);
    List<byte[]> records = new ArrayList<>();
    List<String> inOrder = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      String name = "r" + (i * 7) % 20;
      inOrder.add("+" + name);
      RegistryRecord record = new RegistryRecord(
          new RecordId(PEER, "k", name),
          PEER_1,
          0,
          i + 1,
          RegistryRecord.Scope.GROUP,
          Duration.ZERO,
          1,
          Set.of(),
          Map.of());
      records.add(RecordCodec.encode(record, Attributes.encode(Map.of())));
    }
    engine.answer = request -> CompletableFuture.completedFuture(
        MessageCodec.encode(new RegistryMessage.SnapshotChunk(PEER_1, 20, 20, 0, records)));
    join();
    hear(MessageCodec.encode(new RegistryMessage.Digest(PEER_1, 20, 20, 0)));
    assertEquals(inOrder, sink.events);
  }

  @Test
  void tooManyRecordsAreRefused() {
    for (int i = 0; i < RegistryStore.RECORDS_PER_OWNER_MAX; i++) {
      store.publish(Publication.of("k", "r" + i, Set.of(), Map.of()));
    }
    IllegalStateException e = failure(
        IllegalStateException.class, store.publish(Publication.of("k", "x", Set.of(), Map.of())));
    assertTrue(e.getMessage().contains("100000"), e.getMessage());
    get(store.publish(Publication.of("k", "r5", Set.of(), Map.of("x", 1))));
    get(store.withdraw("k", "r5"));
    get(store.publish(Publication.of("k", "x", Set.of(), Map.of())));
  }
}
