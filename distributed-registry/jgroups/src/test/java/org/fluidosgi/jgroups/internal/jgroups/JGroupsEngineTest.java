package org.fluidosgi.jgroups.internal.jgroups;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.fluidosgi.channel.Channel;
import org.fluidosgi.channel.NodeAddress;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.jgroups.internal.core.LoopbackMulticast;
import org.fluidosgi.registry.View;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Joining, leaving, dying and coming back, on real channels in one JVM. */
class JGroupsEngineTest {
  private static final Duration LONG = Duration.ofSeconds(20);

  @TempDir
  private Path group;

  private final List<TestNode> nodes = new ArrayList<>();

  @AfterEach
  void closeAll() {
    nodes.forEach(TestNode::close);
    for (TestNode node : nodes) {
      assertEquals(List.of(), node.handler.violations, "violations at " + node.id());
    }
  }

  @Test
  void killedMemberIsGoneFromTheView() {
    List<TestNode> three = group(3);
    three.get(2).kill();
    awaitView(three.get(0), three.get(1));
    assertStillTalk(three.get(0), three.get(1));
  }

  @Test
  void killedCoordinatorIsReplaced() {
    List<TestNode> three = group(3);
    three.get(0).kill();
    awaitView(three.get(1), three.get(2));
    assertEquals(three.get(1).id(), three.get(1).handler.view().members().get(0));
    assertStillTalk(three.get(1), three.get(2));
  }

  @Test
  void twoKilledAtOnceAreGoneFromTheView() {
    List<TestNode> three = group(3);
    three.get(0).kill();
    three.get(1).kill();
    awaitView(three.get(2));
  }

  @Test
  void pendingRequestFailsWhenTheMemberDies() throws Exception {
    List<TestNode> two = group(2);
    two.get(1).handler.answering((from, bytes) -> new CompletableFuture<>());
    CompletableFuture<byte[]> answer = two.get(0)
        .engine
        .request(two.get(1).id(), bytes("?"), Duration.ofMinutes(5))
        .toCompletableFuture();
    two.get(1).kill();
    assertThrows(ExecutionException.class, () -> answer.get(5, TimeUnit.SECONDS));
  }

  @Test
  void restartedNodeIsShownGoneBeforeItIsShownBack() {
    List<TestNode> three = group(3);
    TestNode old = three.get(2);
    old.kill();
    TestNode again = start("n2", three.get(0).address());
    assertEquals(old.id(), again.id());
    awaitView(three.get(0), three.get(1), again);
    for (TestNode node : three.subList(0, 2)) {
      assertTrue(
          viewsWithout(node, old.id(), three.size()),
          "no view without the old life at " + node.id() + ": " + node.handler.views);
    }
    assertStillTalk(three.get(0), three.get(1), again);
  }

  @Test
  void restartedCoordinatorRejoinsAsTheYoungest() {
    List<TestNode> three = group(3);
    NodeAddress second = three.get(1).address();
    three.get(0).kill();
    TestNode again = start("n0", second);
    awaitView(three.get(1), three.get(2), again);
    assertStillTalk(again, three.get(1), three.get(2));
  }

  @Test
  void joinAddressThatAnswersLaterIsJoined() throws Exception {
    int port = freePort();
    TestNode early = start("n0", new NodeAddress("127.0.0.1", port));
    assertEquals(List.of(early.id()), early.handler.view().members());
    TestNode late = keep(TestNode.open(
            group, "n1", List.of(), Map.of("fluid.port", Integer.toString(port))))
        .start();
    awaitView(early, late);
    assertStillTalk(early, late);
  }

  /** The first view of one that has the other; a merge may be followed by one that only orders the same members anew. */
  private static View meeting(TestNode of, TestNode other) {
    return of.handler.views.stream()
        .filter(view -> view.contains(other.id()))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void groupsThatFormedApartMerge() {
    TestNode a = start("n0");
    TestNode b = start("n1", a.address());
    TestNode c = start("n2");
    TestNode d = start("n3", c.address());
    awaitView(a, b);
    awaitView(c, d);
    TestNode joinsBoth = start("n4", b.address(), d.address());
    awaitView(a, b, c, d, joinsBoth);
    assertEquals(Set.of(c.id(), d.id()), mergedFrom(meeting(a, c), joinsBoth));
    assertEquals(Set.of(a.id(), b.id()), mergedFrom(meeting(c, a), joinsBoth));
    assertStillTalk(a, b, c, d, joinsBoth);
  }

  /** The other side of a merge, whichever the one that led them together was in. */
  private static Set<NodeId> mergedFrom(View view, TestNode without) {
    Set<NodeId> others = new HashSet<>(view.mergedFrom());
    others.remove(without.id());
    return others;
  }

  @Test
  void aChannelForAnotherPurposeUnitesNoGroups() throws Exception {
    TestNode a = start("n0");
    TestNode b = start("n1");
    Channel channel = a.node.multiplexer().connect(b.address()).get(10, TimeUnit.SECONDS);
    TestNode c = start("n2", a.address());
    TestNode d = start("n3", b.address());
    awaitView(a, c);
    awaitView(b, d);
    assertStillTalk(a, c);
    assertStillTalk(b, d);
    assertTrue(channel.isOpen());
    assertTrue(a.handler.views.stream().noneMatch(view -> view.contains(b.id())));
    assertTrue(b.handler.views.stream().noneMatch(view -> view.contains(a.id())));
  }

  @Test
  void lostChannelOfALivingMemberChangesNothing() {
    List<TestNode> two = group(2);
    int views = two.get(0).handler.views.size();
    Channel channel = two.get(0).node.multiplexer().channel(two.get(1).id()).orElseThrow();
    channel.close();
    Awaitility.await()
        .atMost(LONG)
        .until(() -> two.get(0)
            .node
            .multiplexer()
            .channel(two.get(1).id())
            .filter(now -> now != channel && now.isOpen())
            .isPresent());
    assertStillTalk(two.get(0), two.get(1));
    assertEquals(views, two.get(0).handler.views.size());
  }

  @Test
  void ownAddressInTheJoinListIsIgnored() throws Exception {
    int port = freePort();
    TestNode node = keep(TestNode.open(
            group,
            "n0",
            List.of(new NodeAddress("127.0.0.1", port), new NodeAddress("localhost", port)),
            Map.of("fluid.port", Integer.toString(port))))
        .start();
    assertEquals(List.of(node.id()), node.handler.view().members());
  }

  @Test
  void nodesThatLookByMulticastFindEachOther() throws Exception {
    NodeAddress multicast = LoopbackMulticast.group();
    assumeTrue(
        LoopbackMulticast.passes(multicast), "loopback of this machine carries no multicast");
    Map<String, String> search = Map.of("fluid.join", "multicast:" + multicast);
    TestNode first = keep(TestNode.open(group, "n0", List.of(), search)).start();
    TestNode second = keep(TestNode.open(group, "n1", List.of(), search)).start();
    Path other = Files.createDirectory(group.resolve("other"));
    TestNode foreign = keep(TestNode.open(other, "x", List.of(), search)).start();
    awaitView(first, second);
    assertStillTalk(first, second);
    assertEquals(List.of(foreign.id()), foreign.handler.view().members());
  }

  @Test
  void nodeWithAnotherTokenStaysAlone() throws Exception {
    TestNode ours = start("n0");
    Path other = Files.createDirectory(group.resolve("other"));
    TestNode foreign = keep(TestNode.open(other, "x", List.of(ours.address()))).start();
    assertEquals(List.of(foreign.id()), foreign.handler.view().members());
    assertEquals(List.of(ours.id()), ours.handler.view().members());
  }

  @Test
  void packetsThatNameClassesDoNotHarm() throws Exception {
    List<TestNode> two = group(2);
    var toOther = two.get(0)
        .node
        .multiplexer()
        .channel(two.get(1).id())
        .orElseThrow()
        .open(org.fluidosgi.jgroups.internal.core.Links.ENDPOINT);
    for (byte[] message : OwnMessagesTest.foreign()) {
      ByteBuffer packet = ByteBuffer.allocate(3 + message.length)
          .putShort(org.jgroups.Version.version)
          .put((byte) 0)
          .put(message);
      toOther.send(packet.flip());
    }
    byte[] endlessList = ByteBuffer.allocate(13)
        .putShort(org.jgroups.Version.version)
        .put((byte) 1)
        .put((byte) 1) // no destination
        .put((byte) 1) // no source
        .putShort((short) -1)
        .putInt(Integer.MAX_VALUE)
        .array();
    toOther.send(ByteBuffer.wrap(endlessList));
    assertStillTalk(two.get(0), two.get(1));
    assertEquals(0, OwnMessagesTest.Trap.CREATED.get());
  }

  @Test
  void leavesNoThreadBehind() {
    List<TestNode> two = group(2);
    assertFalse(engineThreads().isEmpty());
    two.forEach(TestNode::close);
    Awaitility.await("threads end").atMost(LONG).until(() -> engineThreads().isEmpty());
  }

  @Test
  void startsAgainOnTheSameNode() {
    List<TestNode> two = group(2);
    TestNode first = two.get(1);
    first.engine.close();
    awaitView(two.get(0));
    JGroupsEngine second = new JGroupsEngine(first.node.localNode(), first.node.multiplexer());
    org.fluidosgi.registry.testkit.RecordingHandler handler =
        new org.fluidosgi.registry.testkit.RecordingHandler();
    try {
      second.start(handler);
      Awaitility.await().atMost(LONG).until(() -> handler.view().members().size() == 2);
      Awaitility.await().atMost(LONG).until(() -> two.get(0).handler.view().contains(first.id()));
    } finally {
      second.close();
    }
  }

  @Test
  void badJoinListIsNamed() {
    IllegalArgumentException failure = assertThrows(
        IllegalArgumentException.class,
        () -> TestNode.open(group, "n0", List.of(), Map.of("fluid.join", "somewhere")));
    assertTrue(failure.getMessage().contains("somewhere"), failure.getMessage());
  }

  private static Set<String> engineThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.startsWith("fluid-jgroups") || name.contains("jgroups"))
        .collect(Collectors.toSet());
  }

  /** Whether, after all were in one view, a view without that node was shown. */
  private static boolean viewsWithout(TestNode node, NodeId gone, int full) {
    boolean wasFull = false;
    for (View view : node.handler.views) {
      wasFull |= view.members().size() == full;
      if (wasFull && !view.contains(gone)) {
        return true;
      }
    }
    return false;
  }

  private List<TestNode> group(int size) {
    List<TestNode> members = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      members.add(i == 0 ? start("n0") : start("n" + i, members.get(0).address()));
    }
    awaitView(members.toArray(TestNode[]::new));
    return members;
  }

  private TestNode start(String name, NodeAddress... join) {
    return keep(TestNode.open(group, name, List.of(join))).start();
  }

  private TestNode keep(TestNode node) {
    nodes.add(node);
    return node;
  }

  private static void awaitView(TestNode... members) {
    Set<NodeId> ids = new HashSet<>();
    for (TestNode member : members) {
      ids.add(member.id());
    }
    for (TestNode member : members) {
      Awaitility.await(ids.size() + " members at " + member.id())
          .atMost(LONG)
          .pollInterval(Duration.ofMillis(10))
          .until(() -> new HashSet<>(member.handler.view().members()).equals(ids));
    }
  }

  private static void assertStillTalk(TestNode... members) {
    for (TestNode sender : members) {
      sender.engine.multicast(bytes("still " + sender.id()));
    }
    for (TestNode receiver : members) {
      for (TestNode sender : members) {
        Awaitility.await()
            .atMost(LONG)
            .until(() -> receiver.handler.from(sender.id()).stream()
                .anyMatch(m -> text(m).equals("still " + sender.id())));
      }
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
