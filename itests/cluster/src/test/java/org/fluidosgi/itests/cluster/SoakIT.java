package org.fluidosgi.itests.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.fluidosgi.itests.support.CutNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** All processors are busy and connections are reset at random: nobody is taken for dead, no consumer is told anything.
 * Shape: {@code fluid.test.soak.seconds} long. */
class SoakIT {
  private static final List<String> NODES = List.of("n1", "n2", "n3");
  private static final List<String> FRAMEWORKS = List.of("felix", "equinox", "felix");
  private static final Duration LENGTH =
      Duration.ofSeconds(Integer.getInteger("fluid.test.soak.seconds", 20));
  private static final int SERVICES_EACH = 50;
  private static final int RESET_MILLIS_MOST = 2_000;

  @TempDir
  Path directory;

  @Test
  void loadAndResetsAreNoDeath() throws Exception {
    long seed = System.nanoTime();
    AtomicBoolean burning = new AtomicBoolean(true);
    try (CutNetwork network = new CutNetwork();
        Group group = new Group(directory, network)) {
      try {
        Consumers consumers = Consumers.start(group, NODES, FRAMEWORKS, SERVICES_EACH);
        consumers.forgetEvents();
        List<String> views = views(group);
        burn(burning);
        int resets = soak(group, network, new Random(seed));
        burning.set(false);
        consumers.awaitOwn("after the soak", NODES);
        consumers.assertNothingTold("seed " + seed + ", after " + resets + " resets");
        assertEquals(views, views(group), "the view changed");
        System.err.printf(
            "soak of %d s: %d connections reset, nobody told anything%n",
            LENGTH.toSeconds(), resets);
      } catch (Exception | AssertionError e) {
        group.printLogs();
        throw e;
      } finally {
        burning.set(false);
      }
    }
  }

  /** Footers of the table of nodes, without the age. */
  private static List<String> views(Group group) throws Exception {
    List<String> views = new ArrayList<>();
    for (String name : NODES) {
      List<String> table = group.run(name, "fluid:nodes");
      views.add(table.get(table.size() - 1).replaceAll(", [^,]* s old", ""));
    }
    return views;
  }

  private static void burn(AtomicBoolean on) {
    for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
      Thread burner = new Thread(
          () -> {
            while (on.get()) {
              Thread.onSpinWait();
            }
          },
          "burner-" + i);
      burner.setDaemon(true);
      burner.start();
    }
  }

  private static int soak(Group group, CutNetwork network, Random random) throws Exception {
    long end = System.nanoTime() + LENGTH.toNanos();
    CountDownLatch never = new CountDownLatch(1);
    int resets = 0;
    while (System.nanoTime() < end) {
      assertTrue(network.reset(random), "no connection to reset");
      resets++;
      String caller = NODES.get(random.nextInt(NODES.size()));
      String callee = NODES.get(random.nextInt(NODES.size()));
      List<String> answer = group.run(caller, "probe:find '(probe.id=" + callee + "-1)'");
      assertEquals(1, answer.size(), answer::toString);
      never.await(random.nextInt(RESET_MILLIS_MOST), TimeUnit.MILLISECONDS);
    }
    return resets;
  }
}
