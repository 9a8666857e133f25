package org.fluidosgi.jgroups.internal.jgroups;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.fluidosgi.channel.NodeAddress;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.channel.Settings;
import org.fluidosgi.channel.StandaloneNode;
import org.fluidosgi.registry.testkit.RecordingHandler;

/** A node of one JVM with an engine on real channels, and what the engine delivered. */
final class TestNode implements AutoCloseable {
  final StandaloneNode node;
  final JGroupsEngine engine;
  final RecordingHandler handler = new RecordingHandler();

  private TestNode(StandaloneNode node) {
    this.node = node;
    this.engine = new JGroupsEngine(node.localNode(), node.multiplexer());
  }

  /** Opens the node; its directory is a folder of {@code group}, so that all share the token. */
  static TestNode open(Path group, String name, List<NodeAddress> join) {
    return open(group, name, join, Map.of());
  }

  static TestNode open(Path group, String name, List<NodeAddress> join, Map<String, String> more) {
    Map<String, String> settings = new HashMap<>(Map.of(
        "fluid.name", name,
        "fluid.data.dir", group.resolve(name).toString(),
        "fluid.join", join.stream().map(NodeAddress::toString).collect(Collectors.joining(","))));
    settings.putAll(more);
    return new TestNode(StandaloneNode.open(new Settings(settings::get)));
  }

  TestNode start() {
    engine.start(handler);
    return this;
  }

  NodeId id() {
    return engine.self();
  }

  NodeAddress address() {
    return node.localNode().info().address();
  }

  /** The sockets close, nobody says good-bye: what a kill looks like from outside. */
  void kill() {
    node.close();
  }

  @Override
  public void close() {
    engine.close();
    node.close();
  }
}
