package org.fluidosgi.registry.internal.core;

import java.time.Duration;
import java.util.UUID;
import org.fluidosgi.channel.Incarnation;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.registry.internal.OsgiFilters;
import org.fluidosgi.registry.testkit.RegistryStoreContract;
import org.fluidosgi.registry.testkit.Simulation;

/** One node without an engine. */
class LoneStoreContractTest extends RegistryStoreContract {
  private final Simulation.SimulatedEnv env = simulation.env();

  @Override
  protected void open() {
    writer = new ReplicaStore(
        "n1",
        new NodeId(new UUID(0, 1)),
        new Incarnation(new UUID(9, 1), 1),
        env,
        new OsgiFilters(),
        Duration.ofSeconds(5));
    reader = writer;
  }

  @Override
  protected void hang(Duration span) {
    env.hang(span);
    simulation.advance(span);
  }

  @Override
  protected void setClock(Duration by) {
    env.setClock(by);
  }
}
