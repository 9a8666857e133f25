package org.fluidosgi.registry.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.fluidosgi.channel.NodeId;
import org.junit.jupiter.api.Test;

/** What a {@link org.fluidosgi.registry.spi.ClusterEngine} whose groups grow promises: tests with up to three members. */
public abstract class ClusterEngineContract extends LoneEngineContract {
  /** Bytes of long multicasts in a row. */
  private static final int LONG_BYTES = 12 << 20;

  @Override
  final int groupSizeForLongMessages() {
    return 2;
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

  /** More than any flow control lets pass before it wants an answer. */
  @Test
  void manyLongMulticastsArrive() throws Exception {
    List<Member> members = group(2);
    Member sender = members.get(0);
    int length = sender.engine().messageBytesMax();
    int count = LONG_BYTES / length + 1;
    for (int i = 0; i < count; i++) {
      byte[] message = new byte[length];
      message[0] = (byte) i;
      sender.engine().multicast(message);
    }
    for (Member receiver : members) {
      await(
          count + " long messages arrive",
          () -> receiver.handler().from(sender.id()).size() >= count);
      List<byte[]> got = receiver.handler().from(sender.id());
      for (int i = 0; i < count; i++) {
        assertEquals((byte) i, got.get(i)[0]);
        assertEquals(length, got.get(i).length);
      }
    }
  }

  /** A message that a member sends as soon as its view holds a newcomer reaches the newcomer after its own first view. */
  @Test
  void whoeverIsInTheViewHearsWhatIsSentInIt() throws Exception {
    List<Member> first = group(2);
    Member late = join(2);
    Member early = first.get(0);
    await("the newcomer is seen", () -> early.handler().view().contains(late.id()));
    early.engine().multicast(bytes("welcome"));
    await("it hears", () -> !late.handler().from(early.id()).isEmpty());
    late.engine().multicast(bytes("thanks"));
    for (Member member : first) {
      await("all hear it", () -> !member.handler().from(late.id()).isEmpty());
    }
  }

  /** Every stage completes only after the sender was delivered its own message, whatever is under way. */
  @Test
  void ownMulticastsOfAGroupAreDeliveredBeforeTheirStagesComplete() throws Exception {
    List<Member> members = group(3);
    List<CompletableFuture<Boolean>> checks = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      for (Member sender : members) {
        int number = i + 1;
        checks.add(sender
            .engine()
            .multicast(bytes("m" + i))
            .toCompletableFuture()
            .thenApply(done -> sender.handler().from(sender.id()).size() >= number));
      }
    }
    await("all stages complete", () -> checks.stream().allMatch(CompletableFuture::isDone));
    for (CompletableFuture<Boolean> check : checks) {
      assertTrue(check.get(), "a stage completed before the delivery");
    }
  }

  /** A request under way ends when the member asked goes, long before its time is over. */
  @Test
  void requestUnderWayEndsWhenTheMemberLeaves() throws Exception {
    List<Member> members = group(3);
    Member leaver = members.get(2);
    leaver.handler().answering((from, bytes) -> new CompletableFuture<>());
    CompletableFuture<byte[]> answer = members
        .get(0)
        .engine()
        .request(leaver.id(), bytes("?"), Duration.ofMinutes(10))
        .toCompletableFuture();
    leaver.engine().close();
    leaver.handler().markClosed();
    await("it ends", answer::isDone);
    assertTrue(answer.isCompletedExceptionally());
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
}
