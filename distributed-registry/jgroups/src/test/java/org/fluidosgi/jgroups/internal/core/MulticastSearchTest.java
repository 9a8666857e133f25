package org.fluidosgi.jgroups.internal.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.DatagramSocket;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.fluidosgi.channel.NodeAddress;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.registry.testkit.ThreadEnv;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Nodes that look for each other on the loopback interface of this machine. */
class MulticastSearchTest {
  private static final Duration LONG = Duration.ofSeconds(20);
  private static final byte[] KEY = new byte[32];

  private final ThreadEnv env = new ThreadEnv("search");
  private final List<MulticastSearch> searches = new ArrayList<>();
  private NodeAddress group = JoinList.MULTICAST;

  @BeforeEach
  void machineTakesMulticast() throws Exception {
    group = LoopbackMulticast.group();
    assumeTrue(LoopbackMulticast.passes(group), "loopback of this machine carries no multicast");
  }

  @AfterEach
  void close() {
    searches.forEach(MulticastSearch::close);
    env.close();
  }

  /** A node that looks for others; what it finds. */
  private List<NodeAddress> search(int node, byte[] key, Set<NodeId> connected) throws Exception {
    List<NodeAddress> found = new CopyOnWriteArrayList<>();
    MulticastSearch search = new MulticastSearch(
        FakeMultiplexer.info(node, 1), key, env, connected::contains, found::add);
    searches.add(search);
    assertTrue(search.start(
        List.of(group), LoopbackMulticast.LOOPBACK, task -> new Thread(task, "search " + node)));
    return found;
  }

  @Test
  void whoComesFindsWhoIsThere() throws Exception {
    search(1, KEY, Set.of());
    List<NodeAddress> found = search(2, KEY, Set.of());
    Awaitility.await().atMost(LONG).until(() -> found.contains(FakeMultiplexer.at(1)));
    assertFalse(found.contains(FakeMultiplexer.at(2)), "it found itself");
  }

  @Test
  void anotherGroupAndOneThatIsConnectedAreNotAnswered() throws Exception {
    byte[] otherKey = KEY.clone();
    otherKey[0] = 1;
    List<NodeAddress> others = search(1, otherKey, Set.of());
    Set<NodeId> connected = ConcurrentHashMap.newKeySet();
    connected.add(FakeMultiplexer.info(3, 1).id());
    List<NodeAddress> ours = search(2, KEY, connected);
    List<NodeAddress> third = search(3, KEY, Set.of());
    // The fourth comes last: when it is answered, the others would have been.
    List<NodeAddress> fourth = search(4, KEY, Set.of());
    Awaitility.await()
        .atMost(LONG)
        .until(() -> fourth.containsAll(List.of(FakeMultiplexer.at(2), FakeMultiplexer.at(3))));
    Awaitility.await().atMost(LONG).until(() -> ours.contains(FakeMultiplexer.at(4)));
    assertEquals(List.of(), others);
    assertFalse(third.contains(FakeMultiplexer.at(2)), third::toString);
    assertFalse(ours.contains(FakeMultiplexer.at(3)), ours::toString);
    assertFalse(ours.contains(FakeMultiplexer.at(1)), ours::toString);
  }

  @Test
  void garbageAndAFloodDoNotStopIt() throws Exception {
    search(1, KEY, Set.of());
    byte[][] flood = new byte[5 * MulticastSearch.DATAGRAMS_PER_SECOND_MAX][];
    for (int i = 0; i < flood.length; i++) {
      flood[i] = new byte[i % 1400];
    }
    LoopbackMulticast.send(group, flood);
    List<NodeAddress> found = search(2, KEY, Set.of());
    Awaitility.await().atMost(LONG).until(() -> found.contains(FakeMultiplexer.at(1)));
  }

  @Test
  void closingEndsTheThreadAndFreesThePort() throws Exception {
    search(1, KEY, Set.of());
    searches.get(0).close();
    searches.get(0).close();
    assertTrue(
        Thread.getAllStackTraces().keySet().stream()
            .noneMatch(thread -> thread.getName().equals("search 1")),
        "the thread runs");
    try (DatagramSocket again = new DatagramSocket(group.port())) {
      assertTrue(again.isBound());
    }
  }

  @Test
  void aMachineWithoutTheAddressIsSaidAndNoFailure() throws Exception {
    MulticastSearch search =
        new MulticastSearch(FakeMultiplexer.info(1, 1), KEY, env, peer -> false, address -> {});
    searches.add(search);
    assertFalse(search.start(List.of(group), InetAddress.getByName("192.0.2.1"), Thread::new));
  }
}
