package org.fluidosgi.jgroups.internal.jgroups;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.fluidosgi.channel.NodeAddress;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.jgroups.internal.core.Member;
import org.fluidosgi.registry.View;
import org.jgroups.Address;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whoever is joined comes first, whatever the order in which nodes start. */
class JoinOrderTest {
  private static final Duration LONG = Duration.ofSeconds(20);
  /** Three in every build, sixty in the nightly profile. */
  static IntStream rounds() {
    return IntStream.range(0, 3 * Integer.getInteger("fluid.test.rounds", 1));
  }

  @TempDir
  private Path group;

  private static Address member(int node, Founding founding) {
    return new MemberAddress(
        new Member(new NodeId(new java.util.UUID(0, node)), 1), founding.mark(7));
  }

  private static List<Address> merged(List<Address> one, List<Address> other) {
    List<Address> merged = new FairMerge().getNewMembership(List.of(one, other));
    assertEquals(merged, new FairMerge().getNewMembership(List.of(other, one)));
    return merged;
  }

  @Test
  void mergeOrderIsBySizeThenFoundingThenId() {
    Address founder = member(9, Founding.FOUNDER);
    Address unanswered = member(5, Founding.UNANSWERED);
    Address joiner = member(1, Founding.JOINER);
    Address second = member(2, Founding.JOINER);
    assertEquals(List.of(founder, joiner), merged(List.of(joiner), List.of(founder)));
    assertEquals(List.of(unanswered, joiner), merged(List.of(joiner), List.of(unanswered)));
    assertEquals(List.of(founder, unanswered), merged(List.of(unanswered), List.of(founder)));
    assertEquals(List.of(joiner, second), merged(List.of(second), List.of(joiner)));
    assertEquals(
        List.of(second, joiner, founder), merged(List.of(second, joiner), List.of(founder)));
    assertEquals(
        List.of(founder, joiner, second),
        merged(List.of(founder, joiner), List.of(joiner, second)));
  }

  @ParameterizedTest
  @MethodSource("rounds")
  void joinerThatStartsTogetherWithTheJoinedIsNeverAlone(int round) {
    try (TestNode joined = TestNode.open(group, "n0", List.of());
        TestNode joiner = TestNode.open(group, "n1", List.of(joined.address()))) {
      startTogether(joiner, joined);
      awaitOrder(joined, joiner);
      assertNeverAlone(joiner);
    }
  }

  @ParameterizedTest
  @MethodSource("rounds")
  void joinerWhoseJoinedStartsItsEngineLaterWaits(int round) {
    try (TestNode joined = TestNode.open(group, "n0", List.of());
        TestNode joiner = TestNode.open(group, "n1", List.of(joined.address()))) {
      CompletableFuture<Void> joining = CompletableFuture.runAsync(joiner::start);
      Awaitility.await()
          .atMost(LONG)
          .until(() -> joined.node.multiplexer().channel(joiner.id()).isPresent());
      joined.start();
      joining.join();
      awaitOrder(joined, joiner);
      assertNeverAlone(joiner);
    }
  }

  @ParameterizedTest
  @MethodSource("rounds")
  void joinerThatGaveUpWaitingComesSecond(int round) throws Exception {
    int port = freePort();
    try (TestNode joiner = TestNode.open(
            group,
            "n1",
            List.of(new NodeAddress("127.0.0.1", port)),
            Map.of("fluid.join.wait.millis", "0"))
        .start()) {
      assertEquals(List.of(joiner.id()), joiner.handler.view().members());
      try (TestNode joined = TestNode.open(
              group, "n0", List.of(), Map.of("fluid.port", Integer.toString(port)))
          .start()) {
        awaitOrder(joined, joiner);
      }
    }
  }

  @Test
  void nodesThatJoinEachOtherAgree() throws Exception {
    int port = freePort();
    try (TestNode one = TestNode.open(group, "n0", List.of(new NodeAddress("127.0.0.1", port)));
        TestNode other = TestNode.open(
            group, "n1", List.of(one.address()), Map.of("fluid.port", Integer.toString(port)))) {
      startTogether(one, other);
      Awaitility.await()
          .atMost(LONG)
          .until(() -> one.handler.view().members().size() == 2
              && one.handler.view().members().equals(other.handler.view().members()));
      assertNeverAlone(one);
      assertNeverAlone(other);
    }
  }

  private static void startTogether(TestNode first, TestNode second) {
    CompletableFuture<Void> starting = CompletableFuture.runAsync(first::start);
    second.start();
    starting.join();
  }

  private static void awaitOrder(TestNode joined, TestNode joiner) {
    List<NodeId> order = List.of(joined.id(), joiner.id());
    for (TestNode node : List.of(joined, joiner)) {
      Awaitility.await(node.id() + " sees the joined first")
          .atMost(LONG)
          .pollInterval(Duration.ofMillis(10))
          .until(() -> node.handler.view().members().equals(order));
    }
  }

  private static void assertNeverAlone(TestNode node) {
    List<View> alone = new ArrayList<>(node.handler.views);
    alone.removeIf(view -> view.members().size() > 1);
    assertEquals(List.of(), alone);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
