package org.fluidosgi.simulation.engine;

import java.time.Duration;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.registry.spi.ClusterEngine;
import org.fluidosgi.registry.testkit.ClusterEngineContract;
import org.fluidosgi.simulation.world.SimulatedNetwork;
import org.fluidosgi.simulation.world.SimulatedProcess;
import org.fluidosgi.simulation.world.SimulatedWorld;
import org.junit.jupiter.api.Assertions;

/** The simulated engine keeps the contract that JGroups keeps, on a network that loses a tenth of all packets. */
class SimulatedEngineTest extends ClusterEngineContract {
  private final SimulatedWorld world = new SimulatedWorld(1);
  private final SimulatedNetwork network = new SimulatedNetwork(world);
  private final SimulatedGroup group = new SimulatedGroup(world, network);

  @Override
  protected ClusterEngine create(int index) {
    network.disturb(0.1, 0.1, 20);
    return group.engine(
        new NodeId(new UUID(1, index)), new SimulatedProcess(world, "n" + index, 1));
  }

  @Override
  protected void await(String what, BooleanSupplier condition) {
    Assertions.assertTrue(world.until(Duration.ofSeconds(60), condition), what);
  }
}
