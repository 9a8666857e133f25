package org.fluidosgi.registry.internal.core;

import java.time.Duration;
import java.util.UUID;
import org.fluidosgi.channel.Incarnation;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.registry.internal.OsgiFilters;
import org.fluidosgi.registry.spi.ClusterEngine;
import org.fluidosgi.registry.testkit.LoopGroup;
import org.fluidosgi.registry.testkit.RegistryStoreContract;
import org.fluidosgi.registry.testkit.Simulation;

/** Two members of a group: one writes, the other reads. */
class ReplicaStoreContractTest extends RegistryStoreContract {
  private final LoopGroup group = new LoopGroup(simulation);
  private final Simulation.SimulatedEnv env = simulation.env();

  @Override
  protected void open() {
    writer = member(1, env);
    reader = member(2, simulation.env());
  }

  private ReplicaStore member(int number, Simulation.SimulatedEnv of) {
    NodeId id = new NodeId(new UUID(0, number));
    ReplicaStore store = new ReplicaStore(
        "n" + number,
        id,
        new Incarnation(new UUID(9, number), 1),
        of,
        new OsgiFilters(),
        Duration.ofSeconds(5));
    ClusterEngine engine = group.engine(id);
    engine.start(store.attach(engine));
    return store;
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
