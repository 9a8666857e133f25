package org.fluidosgi.registry.internal.core;

import java.util.UUID;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.registry.spi.ClusterEngine;
import org.fluidosgi.registry.testkit.LoneEngineContract;

class LocalEngineTest extends LoneEngineContract {
  @Override
  protected ClusterEngine create(int index) {
    return new LocalEngine(new NodeId(new UUID(1, index)));
  }
}
