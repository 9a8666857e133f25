package org.fluidosgi.groupstore.internal.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Changes of the voters that the rest could not decide are not begun: an undecided one would bind for ever. */
class VotersLeavingTest {
  @TempDir
  Path folder;

  @Test
  void whoLeavesWhileAnotherIsAwayStaysVoterAndDecidesWhenItIsBack() {
    SimulatedStores stores = new SimulatedStores(7, folder);
    stores.options = new AgreedGroupStore.Options(
        3, Duration.ofHours(1), Duration.ofSeconds(10), Duration.ofSeconds(10));
    for (int node = 1; node <= 3; node++) {
      stores.start(node);
    }
    stores.together(1, 2, 3);
    stores.awaitVoters(1, 2, 3);
    long version = stores.write(1, "k", 0, "before").version();
    stores.kill(1); // it never comes back
    stores.together(2, 3);
    stores.simulation.advance(Duration.ofSeconds(1));
    version = stores.write(2, "k", version, "of two").version();
    assertFalse(stores.stop(3), "without it nobody could decide");
    stores.start(3);
    stores.together(2, 3);
    stores.simulation.advance(Duration.ofSeconds(1));
    assertEquals("of two", SimulatedStores.text(stores.read(3, "k")));
    assertEquals(version + 1, stores.write(3, "k", version, "again").version());
    assertEquals(List.of(), stores.simulation.failures());
  }
}
