package org.fluidosgi.jgroups.internal.jgroups;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.fluidosgi.channel.NodeId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes that are killed or hang. The limits are loose: this machine is shared; the figures are printed. */
class KilledProcessTest {
  @TempDir
  private Path group;

  @Test
  void killedMemberIsGoneSoon() throws Exception {
    try (TestNode here = TestNode.open(group, "here", List.of()).start();
        NodeProcess one = NodeProcess.start(group, "one", here.address());
        NodeProcess two = NodeProcess.start(group, "two", here.address())) {
      awaitMembers(here, 3);
      one.kill();
      assertTrue(millisUntil(here, 2, "member killed") < 2000);
      assertTrue(two.process.isAlive());
    }
  }

  @Test
  void killedCoordinatorIsGoneSoon() throws Exception {
    try (NodeProcess oldest = NodeProcess.start(group, "oldest");
        NodeProcess other = NodeProcess.start(group, "other", oldest.address);
        TestNode here = TestNode.open(group, "here", List.of(oldest.address)).start()) {
      awaitMembers(here, 3);
      oldest.kill();
      assertTrue(millisUntil(here, 2, "coordinator killed") < 2000);
      assertTrue(other.process.isAlive());
      try (NodeProcess again = NodeProcess.start(group, "oldest", other.address)) {
        assertTrue(millisUntil(here, 3, "coordinator restarted and up") < 5000);
        assertTrue(again.process.isAlive());
      }
    }
  }

  @Test
  void hungMemberIsSuspectedExpelledAndComesBack() throws Exception {
    try (TestNode here = TestNode.open(group, "here", List.of()).start();
        NodeProcess one = NodeProcess.start(group, "one", here.address())) {
      awaitMembers(here, 2);
      NodeId hung = here.handler.view().members().get(1);
      one.signal("STOP");
      try {
        assertTrue(millisUntil(here, 1, "member hung") < 10_000);
        assertTrue(here.handler.suspicions.stream().anyMatch(s -> s.contains(hung)));
        Awaitility.await("its channel is closed")
            .atMost(Duration.ofSeconds(10))
            .until(() -> here.node.multiplexer().channel(hung).isEmpty());
      } finally {
        one.signal("CONT");
      }
      assertTrue(millisUntil(here, 2, "member goes on") < 15_000);
      assertFalse(here.handler.view().mergedFrom().isEmpty());
      assertEquals(List.of(), here.handler.violations);
    }
  }

  private static void awaitMembers(TestNode node, int count) {
    Awaitility.await(count + " members")
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(5))
        .until(() -> node.handler.view().members().size() == count);
  }

  private static long millisUntil(TestNode node, int count, String what) {
    long start = System.nanoTime();
    awaitMembers(node, count);
    long millis = (System.nanoTime() - start) / 1_000_000;
    System.out.println("FIGURE " + what + ": view after " + millis + " ms");
    return millis;
  }
}
