package org.fluidosgi.registry.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

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

/** What every {@link ClusterEngine} promises. An implementation extends this, says how members of one group are made, and
 * how far its groups grow. Tests that need more members than {@link #membersMax} are left out by assumption. */
public abstract class ClusterEngineContract {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  /** A started engine with what it delivered. */
  protected record Member(ClusterEngine engine, RecordingHandler handler) {
    public NodeId id() {
      return engine.self();
    }
  }

  private final List<Member> started = new ArrayList<>();

  /** A new engine, not started, of the same group as the others of this test; {@code index} counts from 0. */
  protected abstract ClusterEngine create(int index) throws Exception;

  /** Most members a group of this engine can have. */
  protected int membersMax() {
    return 3;
  }

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
    assumeTrue(size <= membersMax(), "this engine's groups have fewer members");
    List<Member> members = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      Member member = new Member(create(i), new RecordingHandler());
      started.add(member);
      members.add(member);
      member.engine().start(member.handler());
    }
    await(size + " members see each other", () -> seeEachOther(members));
    return members;
  }

  private static boolean seeEachOther(List<Member> members) {
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
    List<Member> members = group(Math.min(2, membersMax()));
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

  @Test
  void membersAreOrderedAlikeEverywhere() throws Exception {
    List<Member> members = group(3);
    List<NodeId> order = members.get(0).handler().view().members();
    for (Member member : members) {
      assertEquals(order, member.handler().view().members());
    }
  }

  @Test
  void multicastReachesAllInOrderOfTheSender() throws Exception {
    List<Member> members = group(3);
    int count = 200;
    for (int i = 0; i < count; i++) {
      for (Member sender : members) {
        sender.engine().multicast(bytes("m" + i));
      }
    }
    for (Member receiver : members) {
      for (Member sender : members) {
        await("all arrive", () -> receiver.handler().from(sender.id()).size() >= count);
        List<byte[]> got = receiver.handler().from(sender.id());
        assertEquals(count, got.size());
        for (int i = 0; i < count; i++) {
          assertEquals("m" + i, new String(got.get(i), StandardCharsets.UTF_8));
        }
      }
    }
  }

  @Test
  void requestsAreAnsweredByTheMemberAsked() throws Exception {
    List<Member> members = group(3);
    for (Member member : members) {
      member
          .handler()
          .answering((from, bytes) ->
              CompletableFuture.completedFuture(bytes(from + " asked " + member.id())));
    }
    for (Member asking : members) {
      for (Member asked : members) {
        CompletableFuture<byte[]> answer =
            asking.engine().request(asked.id(), bytes("?"), TIMEOUT).toCompletableFuture();
        await("the answer comes", answer::isDone);
        assertEquals(
            asking.id() + " asked " + asked.id(), new String(answer.get(), StandardCharsets.UTF_8));
      }
    }
  }

  @Test
  void failedAnswerFailsTheRequest() throws Exception {
    List<Member> members = group(2);
    members
        .get(1)
        .handler()
        .answering((from, bytes) ->
            CompletableFuture.failedFuture(new IllegalStateException("out of order")));
    CompletableFuture<byte[]> answer = members
        .get(0)
        .engine()
        .request(members.get(1).id(), bytes("?"), TIMEOUT)
        .toCompletableFuture();
    await("it fails", answer::isDone);
    assertTrue(answer.isCompletedExceptionally());
    // The member that failed goes on.
    members.get(1).handler().answering((from, bytes) -> CompletableFuture.completedFuture(bytes));
    CompletableFuture<byte[]> second = members
        .get(0)
        .engine()
        .request(members.get(1).id(), bytes("again"), TIMEOUT)
        .toCompletableFuture();
    await("it is answered", second::isDone);
    assertArrayEquals(bytes("again"), second.get());
  }

  @Test
  void unansweredRequestTimesOut() throws Exception {
    List<Member> members = group(2);
    members.get(1).handler().answering((from, bytes) -> new CompletableFuture<>());
    CompletableFuture<byte[]> answer = members
        .get(0)
        .engine()
        .request(members.get(1).id(), bytes("?"), Duration.ofMillis(300))
        .toCompletableFuture();
    await("it fails", answer::isDone);
    assertTrue(answer.isCompletedExceptionally());
  }

  @Test
  void memberThatLeavesIsGoneFromTheView() throws Exception {
    List<Member> members = group(3);
    Member leaver = members.get(0); // the oldest: engines with a coordinator lose theirs
    leaver.engine().close();
    leaver.handler().markClosed();
    List<Member> rest = members.subList(1, 3);
    await("the others see it go", () -> seeEachOther(rest));
    CompletableFuture<byte[]> answer = rest.get(0)
        .engine()
        .request(leaver.id(), bytes("?"), Duration.ofMillis(500))
        .toCompletableFuture();
    await("a request to it fails", answer::isDone);
    assertTrue(answer.isCompletedExceptionally());
    rest.get(0).engine().multicast(bytes("on"));
    await(
        "the rest goes on", () -> !rest.get(1).handler().from(rest.get(0).id()).isEmpty());
  }

  /** Text as bytes. */
  protected static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
