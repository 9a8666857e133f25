package org.fluidosgi.itests.cluster;

import java.nio.file.Path;
import org.fluidosgi.itests.support.CutNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The network is cut and heals: during the cut consumers on each side see exactly the services of their side, afterwards
 * exactly those of all, and nobody is told of anything twice.
 * Shape: four processes, 1,000 services, {@code fluid.test.splits} times of each kind; judged by events and by asking. */
class SplitIT {
  private static final int ROUNDS = Integer.getInteger("fluid.test.splits", 1);

  @TempDir
  Path directory;

  @Test
  void eachSideSeesItsOwnAndAfterTheHealAllSeeAll() throws Exception {
    try (CutNetwork network = new CutNetwork();
        Group group = new Group(directory, network)) {
      try {
        Split split = new Split(
            network, Consumers.start(group, Split.NODES, Split.FRAMEWORKS, Split.SERVICES_EACH));
        for (int round = 1; round <= ROUNDS; round++) {
          split.eachKind(round);
        }
      } catch (Exception | AssertionError e) {
        group.printLogs();
        throw e;
      }
    }
  }
}
