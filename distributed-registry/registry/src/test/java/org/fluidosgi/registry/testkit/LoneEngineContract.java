package org.fluidosgi.registry.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.awaitility.Awaitility;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.registry.spi.ClusterEngine;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What every {@link ClusterEngine} promises, one that never has more than one member included. An implementation extends
 * this, or {@link ClusterEngineContract} when its groups grow, and says how members of one group are made. */
public abstract class LoneEngineContract {
  static final Duration TIMEOUT = Duration.ofSeconds(5);

  /** A started engine with what it delivered. */
  protected record Member(ClusterEngine engine, RecordingHandler handler) {
    public NodeId id() {
      return engine.self();
    }
  }

  private final List<Member> started = new ArrayList<>();

  /** A new engine, not started, of the same group as the others of this test; {@code index} counts from 0. */
  protected abstract ClusterEngine create(int index) throws Exception;

  /** Waits until the condition holds; a simulation lets its time pass instead. */
  protected void await(String what, BooleanSupplier condition) {
    Awaitility.await(what).atMost(Duration.ofSeconds(30)).until(condition::getAsBoolean);
  }

  /** Called after the engines of a test are closed: whatever else {@link #create} opened. */
  protected void cleanUp() throws Exception {}

  @AfterEach
  final void closeAll() throws Exception {
    for (Member member : started) {
      member.engine().close();
    }
    cleanUp();
    for (Member member : started) {
      assertEquals(List.of(), member.handler().violations, "violations at " + member.id());
    }
  }

  /** Starts that many members and waits until all see all. */
  protected final List<Member> group(int size) throws Exception {
    List<Member> members = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      members.add(join(i));
    }
    await(size + " members see each other", () -> seeEachOther(members));
    return members;
  }

  /** Starts one more member. */
  final Member join(int index) throws Exception {
    Member member = new Member(create(index), new RecordingHandler());
    started.add(member);
    member.engine().start(member.handler());
    return member;
  }

  static boolean seeEachOther(List<Member> members) {
    Set<NodeId> ids = new HashSet<>(members.stream().map(Member::id).toList());
    return members.stream().allMatch(m -> new HashSet<>(m.handler().view().members()).equals(ids));
  }

  @Test
  void firstViewIsThereWhenStartReturns() throws Exception {
    Member member = new Member(create(0), new RecordingHandler());
    started.add(member);
    member.engine().start(member.handler());
    assertFalse(member.handler().views.isEmpty());
    assertTrue(member.handler().view().contains(member.id()));
  }

  @Test
  void takesMessagesLongEnoughForARecord() throws Exception {
    Member member = group(1).get(0);
    assertTrue(member.engine().messageBytesMax() >= ClusterEngine.MESSAGE_BYTES_LEAST);
  }

  @Test
  void ownMulticastIsDeliveredBeforeTheStageCompletes() throws Exception {
    Member member = group(1).get(0);
    CompletableFuture<Integer> seen = new CompletableFuture<>();
    member
        .engine()
        .multicast(bytes("hello"))
        .whenComplete((done, failure) ->
            seen.complete(failure == null ? member.handler().from(member.id()).size() : -1));
    await("the stage completes", seen::isDone);
    assertEquals(1, seen.get());
  }

  @Test
  void longestMessagePassesAndLongerIsRefused() throws Exception {
    List<Member> members = group(groupSizeForLongMessages());
    int most = members.get(0).engine().messageBytesMax();
    byte[] longest = new byte[most];
    longest[0] = 1;
    longest[most - 1] = 2;
    members.get(0).engine().multicast(longest);
    Member last = members.get(members.size() - 1);
    await("it arrives", () -> !last.handler().from(members.get(0).id()).isEmpty());
    assertArrayEquals(longest, last.handler().from(members.get(0).id()).get(0));
    assertThrows(
        IllegalArgumentException.class,
        () -> members.get(0).engine().multicast(new byte[most + 1]));
    assertThrows(
        IllegalArgumentException.class,
        () -> members.get(0).engine().request(last.id(), new byte[most + 1], TIMEOUT));
  }

  @Test
  void requestToNoMemberFails() throws Exception {
    Member member = group(1).get(0);
    CompletableFuture<byte[]> answer = member
        .engine()
        .request(new NodeId(new UUID(7, 7)), bytes("anybody?"), Duration.ofMillis(500))
        .toCompletableFuture();
    await("it fails", answer::isDone);
    assertTrue(answer.isCompletedExceptionally());
  }

  @Test
  void requestToOneselfIsAnswered() throws Exception {
    Member member = group(1).get(0);
    member.handler().answering((from, bytes) -> CompletableFuture.completedFuture(bytes("me")));
    CompletableFuture<byte[]> answer =
        member.engine().request(member.id(), bytes("who?"), TIMEOUT).toCompletableFuture();
    await("it is answered", answer::isDone);
    assertArrayEquals(bytes("me"), answer.get());
  }

  @Test
  void closeIsIdempotentAndSilences() throws Exception {
    Member member = group(1).get(0);
    member.engine().close();
    member.handler().markClosed();
    member.engine().close();
    CompletableFuture<Void> sent;
    try {
      sent = member.engine().multicast(bytes("late")).toCompletableFuture();
    } catch (IllegalStateException e) {
      sent = CompletableFuture.failedFuture(e);
    }
    CompletableFuture<Void> outcome = sent;
    await("the multicast fails", outcome::isDone);
    assertTrue(outcome.isCompletedExceptionally());
  }

  /** How many members the test with the longest message has. */
  int groupSizeForLongMessages() {
    return 1;
  }

  /** Text as bytes. */
  protected static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
