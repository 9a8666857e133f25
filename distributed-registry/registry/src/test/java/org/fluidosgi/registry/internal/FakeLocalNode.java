package org.fluidosgi.registry.internal;

import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import org.fluidosgi.channel.Env;
import org.fluidosgi.channel.Incarnation;
import org.fluidosgi.channel.LocalNode;
import org.fluidosgi.channel.NodeAddress;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.channel.NodeInfo;
import org.fluidosgi.channel.Settings;

record FakeLocalNode(NodeInfo info, Env env, Map<String, String> values) implements LocalNode {
  static final NodeId ID = new NodeId(new UUID(1, 1));

  FakeLocalNode(Env env, Map<String, String> values) {
    this(
        new NodeInfo(
            ID, new Incarnation(new UUID(2, 2), 1), "n1", new NodeAddress("127.0.0.1", 9278)),
        env,
        values);
  }

  @Override
  public Path dataDirectory() {
    return Path.of("unused");
  }

  @Override
  public Settings settings() {
    return new Settings(values::get);
  }
}
