package org.fluidosgi.simulation.registry;

import org.fluidosgi.channel.NodeId;
import org.jspecify.annotations.Nullable;

/** A machine of the run and its disk, which keeps the node's identity and counts its lives. */
final class Machine {
  private NodeId id;
  private long lives;
  private @Nullable RegistryNode running;
  private @Nullable RegistryNode last;

  Machine(NodeId id) {
    this.id = id;
  }

  NodeId id() {
    return id;
  }

  /** Nothing runs on it: also no process that is about to stop. */
  boolean down() {
    RegistryNode before = last;
    return running == null && (before == null || before.process.dead());
  }

  @Nullable
  RegistryNode running() {
    return running;
  }

  RegistryNode start(RegistryRun run) {
    RegistryNode node = new RegistryNode(run, id, ++lives);
    running = node;
    last = node;
    return node;
  }

  void ended() {
    running = null;
  }

  /** The data directory is gone: what starts next is another node. */
  void loseDisk(NodeId next) {
    id = next;
    lives = 0;
  }
}
