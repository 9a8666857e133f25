package org.fluidosgi.jgroups.internal.jgroups;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.fluidosgi.registry.spi.ClusterEngine;
import org.fluidosgi.registry.testkit.ClusterEngineContract;
import org.junit.jupiter.api.io.TempDir;

class JGroupsEngineContractTest extends ClusterEngineContract {
  @TempDir
  private Path group;

  private final List<TestNode> nodes = new ArrayList<>();

  @Override
  protected ClusterEngine create(int index) {
    TestNode node = TestNode.open(
        group, "n" + index, nodes.stream().map(TestNode::address).limit(1).toList());
    nodes.add(node);
    return node.engine;
  }

  @Override
  protected void cleanUp() {
    nodes.forEach(node -> node.node.close());
  }
}
