package org.fluidosgi.itests.cluster;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.fluidosgi.itests.support.NamespaceNetwork;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@link SplitIT} says of a cutting proxy, on a real network: each node in a network namespace of its own, its packets lost
 * without a word, and once a cable pulled.
 * Shape: {@code fluid.test.namespaces} times of each kind, none outside the nightly profile; as root. */
class NamespaceSplitIT {
  private static final int ROUNDS = Integer.getInteger("fluid.test.namespaces", 0);

  @TempDir
  Path directory;

  @BeforeEach
  void hasNamespaces() {
    assumeTrue(ROUNDS > 0, "runs in the nightly profile, or with -Dfluid.test.namespaces=1");
    Optional<String> missing = NamespaceNetwork.missing();
    assumeTrue(missing.isEmpty(), missing::toString);
  }

  @Test
  void nodesOfThreeMachinesFindEachOtherByMulticast() throws Exception {
    List<String> nodes = List.of("m1", "m2", "m3");
    try (NamespaceNetwork network = NamespaceNetwork.of(nodes);
        Group group = new Group(directory, network)) {
      for (String name : nodes) {
        group.start(name, "felix", "--join", "multicast");
      }
      for (String name : nodes) {
        group.awaitMembers(name, nodes.size());
      }
    }
  }

  @Test
  void eachSideSeesItsOwnAndAfterTheHealAllSeeAll() throws Exception {
    try (NamespaceNetwork network = NamespaceNetwork.of(Split.NODES);
        Group group = new Group(directory, network)) {
      try {
        Split split = new Split(
            network, Consumers.start(group, Split.NODES, Split.FRAMEWORKS, Split.SERVICES_EACH));
        for (int round = 1; round <= ROUNDS; round++) {
          split.eachKind(round);
          split.run(
              round + ": cable",
              List.of(Set.of("n3"), Set.of("n1", "n2", "n4")),
              () -> network.plug("n3", false),
              () -> network.plug("n3", true));
        }
      } catch (Exception | AssertionError e) {
        group.printLogs();
        throw e;
      }
    }
  }
}
