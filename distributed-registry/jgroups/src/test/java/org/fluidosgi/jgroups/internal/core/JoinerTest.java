package org.fluidosgi.jgroups.internal.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
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
  private final Map<String, List<String>> nameService = new HashMap<>();
  private final JoinNames names = new JoinNames("n", this::addresses, Runnable::run, env);
  private final Acquaintances acquaintances = new Acquaintances(multiplexer);
  private final Joiner joiner = new Joiner(self, multiplexer, env, names, acquaintances);

  private static Member member(int node, long incarnation) {
    return Member.of(FakeMultiplexer.info(node, incarnation));
  }

  private static JoinList joinList(String text) {
    return JoinList.read(new Settings(Map.of("fluid.join", text)::get));
  }

  private static JoinList list(NodeAddress... addresses) {
    return new JoinList(List.of(addresses), List.of(), List.of());
  }

  private List<String> addresses(String host) throws UnknownHostException {
    List<String> found = nameService.get(host);
    if (found == null) {
      throw new UnknownHostException(host);
    }
    return found;
  }

  @Test
  void joinListIsReadAndCheckedByName() {
    assertTrue(joinList(" , ").isEmpty());
    assertEquals(
        new JoinList(
            List.of(new NodeAddress("a", 1), new NodeAddress("::1", 2)),
            List.of(new NodeAddress("nodes", 3)),
            List.of(JoinList.MULTICAST, new NodeAddress("ff15::1", 4))),
        joinList("a:1, [::1]:2,dns:nodes:3,multicast,multicast:[ff15::1]:4,"));
    IllegalArgumentException failure =
        assertThrows(IllegalArgumentException.class, () -> joinList("a:1,b"));
    assertTrue(failure.getMessage().startsWith("fluid.join"), failure.getMessage());
    assertThrows(IllegalArgumentException.class, () -> joinList("a:1,".repeat(257)));
    assertThrows(IllegalArgumentException.class, () -> joinList("dns:a:1,".repeat(17)));
    assertThrows(IllegalArgumentException.class, () -> joinList("dns:a"));
    assertThrows(IllegalArgumentException.class, () -> joinList("multicast,".repeat(5)));
    for (String bad : List.of("multicast:10.0.0.1:1", "multicast:name:1", "multicast:239.1.1.1")) {
      IllegalArgumentException named =
          assertThrows(IllegalArgumentException.class, () -> joinList(bad));
      assertTrue(named.getMessage().contains(bad.substring(10)), named.getMessage());
    }
  }

  @Test
  void silentAddressIsDialledWithGrowingPauses() {
    multiplexer.fails(2, FakeMultiplexer.SILENT);
    CompletableFuture<Joiner.Answer> answer = joiner.start(list(FakeMultiplexer.at(2)));
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
        joiner.start(list(FakeMultiplexer.at(2), FakeMultiplexer.at(3)));
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
        joiner.start(list(FakeMultiplexer.at(2), FakeMultiplexer.at(3))).join());
    assertEquals(
        Joiner.Answer.NOBODY,
        new Joiner(self, multiplexer, env, names, acquaintances).start(list()).join());
  }

  @Test
  void answeringAddressIsLeftAloneUntilItsChannelCloses() {
    FakeMultiplexer.FakeChannel channel = multiplexer.answers(2, FakeMultiplexer.info(2, 1));
    joiner.start(list(FakeMultiplexer.at(2)));
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
    joiner.start(list(FakeMultiplexer.at(2)));
    env.pass(Duration.ofSeconds(59));
    assertEquals(1, multiplexer.dialled.size());
    env.pass(Duration.ofSeconds(1));
    assertEquals(2, multiplexer.dialled.size());
  }

  @Test
  void ownAddressIsNotDialledAgain() {
    multiplexer.answers(9, self);
    joiner.start(list(self.address(), FakeMultiplexer.at(9)));
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
    joiner.start(list(FakeMultiplexer.at(2)));
    joiner.close();
    env.pass(Duration.ofMinutes(1));
    joiner.lost(member(3, 1), FakeMultiplexer.at(3));
    env.pass(Duration.ofMinutes(1));
    assertEquals(1, multiplexer.dialled.size());
    assertFalse(multiplexer.dialled.contains(FakeMultiplexer.at(3)));
  }

  private static JoinList byName(String name) {
    return new JoinList(List.of(), List.of(new NodeAddress(name, 1)), List.of());
  }

  private static NodeAddress behindName(int last) {
    return new NodeAddress("10.0.0." + last, 1);
  }

  @Test
  void everyAddressOfANameIsDialledAsTheyComeAndGo() {
    nameService.put("nodes", List.of("10.0.0.1", "10.0.0.2"));
    multiplexer.answers(behindName(1), FakeMultiplexer.info(1, 1)); // this node
    multiplexer.fails(behindName(2), FakeMultiplexer.SILENT);
    multiplexer.fails(behindName(3), FakeMultiplexer.SILENT);
    CompletableFuture<Joiner.Answer> answer = joiner.start(byName("nodes"));
    assertEquals(List.of(behindName(1), behindName(2)), multiplexer.dialled);

    nameService.put("nodes", List.of("10.0.0.1", "10.0.0.3"));
    env.pass(JoinNames.PERIOD);
    assertEquals(1, Collections.frequency(multiplexer.dialled, behindName(1)), "dialled itself");
    assertTrue(multiplexer.dialled.contains(behindName(3)));
    multiplexer.dialled.clear();
    env.pass(Duration.ofMinutes(1));
    assertEquals(Set.of(behindName(3)), Set.copyOf(multiplexer.dialled));

    assertFalse(answer.isDone());
    multiplexer.answers(behindName(3), FakeMultiplexer.info(3, 1));
    env.pass(Joiner.PAUSE_MOST);
    assertEquals(Joiner.Answer.CONNECTED, answer.join());
  }

  @Test
  void aNameWithoutAnAddressIsAskedForAgainAndKeepsWhatItHad() {
    CompletableFuture<Joiner.Answer> answer = joiner.start(byName("nodes"));
    assertEquals(Joiner.Answer.NOBODY, answer.join());
    nameService.put("nodes", List.of("10.0.0.2"));
    multiplexer.fails(behindName(2), FakeMultiplexer.SILENT);
    env.pass(JoinNames.PERIOD);
    assertEquals(List.of(behindName(2)), multiplexer.dialled);
    nameService.clear();
    env.pass(JoinNames.PERIOD);
    multiplexer.dialled.clear();
    env.pass(Duration.ofMinutes(1));
    assertTrue(multiplexer.dialled.size() > 3, multiplexer.dialled::toString);
    joiner.close();
    multiplexer.dialled.clear();
    env.pass(Duration.ofMinutes(1));
    assertEquals(List.of(), multiplexer.dialled);
  }

  @Test
  void nothingIsDecidedBeforeTheNameServiceAnswers() {
    List<Runnable> lookUps = new ArrayList<>();
    Joiner waiting = new Joiner(
        self,
        multiplexer,
        env,
        new JoinNames("n", this::addresses, lookUps::add, env),
        acquaintances);
    multiplexer.fails(2, FakeMultiplexer.REFUSED);
    CompletableFuture<Joiner.Answer> answer = waiting.start(new JoinList(
        List.of(FakeMultiplexer.at(2)), List.of(new NodeAddress("nodes", 1)), List.of()));
    env.pass(Duration.ofMinutes(1));
    assertFalse(answer.isDone());
    lookUps.get(0).run();
    assertEquals(Joiner.Answer.NOBODY, answer.join());
  }

  private static JoinList multicast() {
    return new JoinList(List.of(), List.of(), List.of(JoinList.MULTICAST));
  }

  @Test
  void multicastHasATimeToFindSomebody() {
    CompletableFuture<Joiner.Answer> answer = joiner.start(multicast());
    env.pass(Joiner.SEARCH.minusMillis(1));
    assertFalse(answer.isDone());
    env.pass(Duration.ofMillis(1));
    assertEquals(Joiner.Answer.NOBODY, answer.join());
  }

  @Test
  void whatMulticastFindsIsDialledOnceAndForgottenWhenItGoes() {
    FakeMultiplexer.FakeChannel channel = multiplexer.answers(2, FakeMultiplexer.info(2, 1));
    CompletableFuture<Joiner.Answer> answer = joiner.start(multicast());
    joiner.heard(FakeMultiplexer.at(2));
    joiner.heard(FakeMultiplexer.at(2));
    assertEquals(Joiner.Answer.CONNECTED, answer.join());
    assertEquals(1, multiplexer.dialled.size());
    channel.close();
    env.pass(Duration.ofMinutes(1));
    assertEquals(1, multiplexer.dialled.size());
    joiner.heard(FakeMultiplexer.at(2));
    assertEquals(2, multiplexer.dialled.size());
  }

  @Test
  void whatMulticastFindsAndDoesNotAnswerIsForgotten() {
    multiplexer.fails(2, FakeMultiplexer.SILENT);
    CompletableFuture<Joiner.Answer> answer = joiner.start(multicast());
    joiner.heard(FakeMultiplexer.at(2));
    env.pass(Duration.ofMinutes(1));
    assertEquals(Joiner.HEARD_FAILURES, multiplexer.dialled.size());
    assertEquals(Joiner.Answer.NOBODY, answer.join());
  }

  @Test
  void aMemberThatFellSilentIsDialledThoughMulticastFoundIt() {
    multiplexer.answers(2, FakeMultiplexer.info(2, 1));
    joiner.start(multicast());
    joiner.heard(FakeMultiplexer.at(2));
    multiplexer.fails(2, FakeMultiplexer.SILENT);
    joiner.lost(member(2, 1), FakeMultiplexer.at(2));
    env.pass(Duration.ofMinutes(1));
    assertTrue(multiplexer.dialled.size() > 5, multiplexer.dialled::toString);
  }

  @Test
  void multicastFindsNoMoreThanMayBeDialled() {
    joiner.start(multicast());
    for (int port = 2; port < JoinList.ADDRESSES_MAX + 100; port++) {
      multiplexer.fails(port, FakeMultiplexer.SILENT);
      joiner.heard(FakeMultiplexer.at(port));
    }
    assertEquals(JoinList.ADDRESSES_MAX, multiplexer.dialled.size());
  }
}
