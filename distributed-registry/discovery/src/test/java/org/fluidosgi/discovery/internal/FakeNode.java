package org.fluidosgi.discovery.internal;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.fluidosgi.channel.Env;
import org.fluidosgi.channel.Incarnation;
import org.fluidosgi.channel.LocalNode;
import org.fluidosgi.channel.NodeAddress;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.channel.NodeInfo;
import org.fluidosgi.channel.Settings;

/** A node whose task queue runs each task at once, in the caller's thread. */
final class FakeNode implements LocalNode, Env {
  final NodeId id = new NodeId(new UUID(10, 1));

  @Override
  public NodeInfo info() {
    return new NodeInfo(
        id, new Incarnation(new UUID(1, 1), 1), "here", new NodeAddress("127.0.0.1", 9278));
  }

  @Override
  public Path dataDirectory() {
    return Path.of("unused");
  }

  @Override
  public Env env() {
    return this;
  }

  @Override
  public Settings settings() {
    return new Settings(key -> null);
  }

  @Override
  public void execute(Runnable task) {
    task.run();
  }

  @Override
  public long nanoTime() {
    return 0;
  }

  @Override
  public long currentTimeMillis() {
    return 0;
  }

  @Override
  public RandomGenerator random() {
    return new Random(1);
  }

  @Override
  public Cancellable schedule(Duration delay, Runnable task) {
    throw new UnsupportedOperationException("not used here");
  }
}
