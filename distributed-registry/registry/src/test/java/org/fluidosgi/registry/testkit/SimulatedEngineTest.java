package org.fluidosgi.registry.testkit;

import java.time.Duration;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.registry.spi.ClusterEngine;

/** The simulated engine itself keeps the contract, as long as nothing is lost. */
class SimulatedEngineTest extends ClusterEngineContract {
  private final Simulation simulation = new Simulation(1);
  private final SimulatedGroup group = new SimulatedGroup(simulation);

  @Override
  protected ClusterEngine create(int index) {
    return group.engine(new NodeId(new UUID(1, index)));
  }

  @Override
  protected void await(String what, BooleanSupplier condition) {
    simulation.until(what, Duration.ofSeconds(30), condition);
  }
}
