package org.fluidosgi.jgroups.internal.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.fluidosgi.channel.NodeAddress;
import org.fluidosgi.channel.NodeInfo;
import org.fluidosgi.channel.Settings;
import org.junit.jupiter.api.Test;

class JoinerTest {
  private final NodeInfo self = FakeMultiplexer.info(1, 1);
  private final FakeMultiplexer multiplexer = new FakeMultiplexer();
  private final ManualEnv env = new ManualEnv();
  private final Joiner joiner = new Joiner(self, multiplexer, env);

  private static Member member(int node, long incarnation) {
    return Member.of(FakeMultiplexer.info(node, incarnation));
  }

  private static List<NodeAddress> joinList(String text) {
    return Joiner.joinList(new Settings(Map.of("fluid.join", text)::get));
  }

  @Test
  void joinListIsReadAndCheckedByName() {
    assertEquals(List.of(), joinList(" , "));
    assertEquals(
        List.of(new NodeAddress("a", 1), new NodeAddress("::1", 2)), joinList("a:1, [::1]:2,"));
    IllegalArgumentException failure =
        assertThrows(IllegalArgumentException.class, () -> joinList("a:1,b"));
    assertTrue(failure.getMessage().startsWith("fluid.join"), failure.getMessage());
    assertThrows(IllegalArgumentException.class, () -> joinList("a:1,".repeat(257)));
  }

  @Test
  void silentAddressIsDialledWithGrowingPauses() {
    multiplexer.fails(2, FakeMultiplexer.SILENT);
    CompletableFuture<Joiner.Answer> answer = joiner.start(List.of(FakeMultiplexer.at(2)));
    assertEquals(1, multiplexer.dialled.size());
    env.pass(Duration.ofMillis(500));
    assertEquals(2, multiplexer.dialled.size());
    env.pass(Duration.ofMillis(999));
    assertEquals(2, multiplexer.dialled.size());
    env.pass(Duration.ofMillis(1));
    assertEquals(3, multiplexer.dialled.size());
    env.pass(Duration.ofMinutes(10));
    int before = multiplexer.dialled.size();
    env.pass(Duration.ofSeconds(100));
    assertEquals(10, multiplexer.dialled.size() - before);
    assertFalse(answer.isDone());
    multiplexer.answers(2, FakeMultiplexer.info(2, 1));
    env.pass(Duration.ofSeconds(10));
    assertEquals(Joiner.Answer.CONNECTED, answer.join());
  }

  @Test
  void refusingAddressIsTriedThriceBeforeNobodyIsThere() {
    multiplexer.fails(2, FakeMultiplexer.REFUSED);
    multiplexer.fails(3, FakeMultiplexer.WRONG_TOKEN);
    CompletableFuture<Joiner.Answer> answer =
        joiner.start(List.of(FakeMultiplexer.at(2), FakeMultiplexer.at(3)));
    env.pass(Duration.ofMillis(1499));
    assertFalse(answer.isDone());
    env.pass(Duration.ofMillis(1));
    assertEquals(Joiner.Answer.NOBODY, answer.join());
  }

  @Test
  void oneAnswerIsEnough() {
    multiplexer.fails(2, FakeMultiplexer.SILENT);
    multiplexer.answers(3, FakeMultiplexer.info(3, 1));
    assertEquals(
        Joiner.Answer.CONNECTED,
        joiner.start(List.of(FakeMultiplexer.at(2), FakeMultiplexer.at(3))).join());
    assertEquals(
        Joiner.Answer.NOBODY,
        new Joiner(self, multiplexer, env).start(List.of()).join());
  }

  @Test
  void answeringAddressIsLeftAloneUntilItsChannelCloses() {
    FakeMultiplexer.FakeChannel channel = multiplexer.answers(2, FakeMultiplexer.info(2, 1));
    joiner.start(List.of(FakeMultiplexer.at(2)));
    env.pass(Duration.ofMinutes(1));
    assertEquals(1, multiplexer.dialled.size());
    multiplexer.fails(2, FakeMultiplexer.REFUSED);
    channel.close();
    env.pass(Duration.ofMillis(500));
    assertEquals(2, multiplexer.dialled.size());
    env.pass(Duration.ofMillis(500));
    assertEquals(3, multiplexer.dialled.size());
  }

  @Test
  void rejectionIsNotRepeatedFast() {
    multiplexer.fails(2, FakeMultiplexer.WRONG_TOKEN);
    joiner.start(List.of(FakeMultiplexer.at(2)));
    env.pass(Duration.ofSeconds(59));
    assertEquals(1, multiplexer.dialled.size());
    env.pass(Duration.ofSeconds(1));
    assertEquals(2, multiplexer.dialled.size());
  }

  @Test
  void ownAddressIsNotDialledAgain() {
    multiplexer.answers(9, self);
    joiner.start(List.of(self.address(), FakeMultiplexer.at(9)));
    env.pass(Duration.ofMinutes(1));
    assertEquals(List.of(FakeMultiplexer.at(9)), multiplexer.dialled);
  }

  @Test
  void lostMemberIsDialledUntilItRefuses() {
    multiplexer.fails(2, FakeMultiplexer.SILENT);
    joiner.lost(member(2, 1), FakeMultiplexer.at(2));
    env.pass(Duration.ofSeconds(60));
    assertTrue(multiplexer.dialled.size() > 5);
    multiplexer.fails(2, FakeMultiplexer.REFUSED);
    env.pass(Duration.ofSeconds(10));
    int before = multiplexer.dialled.size();
    env.pass(Duration.ofMinutes(10));
    assertEquals(before, multiplexer.dialled.size());
  }

  @Test
  void lostMemberIsForgottenWhenItIsBackOrReplaced() {
    multiplexer.fails(2, FakeMultiplexer.SILENT);
    joiner.lost(member(2, 1), FakeMultiplexer.at(2));
    joiner.found(Set.of(member(2, 1)));
    env.pass(Duration.ofMinutes(1));
    assertEquals(List.of(), multiplexer.dialled);

    FakeMultiplexer.FakeChannel later = multiplexer.answers(3, FakeMultiplexer.info(3, 2));
    joiner.lost(member(3, 1), FakeMultiplexer.at(3));
    env.pass(Duration.ofMinutes(1));
    assertEquals(1, multiplexer.dialled.size());
    later.close();
    env.pass(Duration.ofMinutes(1));
    assertEquals(1, multiplexer.dialled.size());
  }

  @Test
  void closedJoinerDialsNoMore() {
    multiplexer.fails(2, FakeMultiplexer.SILENT);
    joiner.start(List.of(FakeMultiplexer.at(2)));
    joiner.close();
    env.pass(Duration.ofMinutes(1));
    joiner.lost(member(3, 1), FakeMultiplexer.at(3));
    env.pass(Duration.ofMinutes(1));
    assertEquals(1, multiplexer.dialled.size());
    assertFalse(multiplexer.dialled.contains(FakeMultiplexer.at(3)));
  }
}
