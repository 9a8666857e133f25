package org.fluidosgi.registry.testkit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.registry.View;
import org.fluidosgi.registry.spi.ClusterEngine;

/** Engines of one group that loses nothing, in a simulation's time. Threads: the one that advances the simulation. */
public final class LoopGroup {
  private static final Duration UNDER_WAY = Duration.ofMillis(1);

  private final Simulation simulation;
  private final List<Engine> members = new ArrayList<>();
  private long epoch;

  public LoopGroup(Simulation simulation) {
    this.simulation = simulation;
  }

  /** An engine that joins when it is started. */
  public ClusterEngine engine(NodeId self) {
    return new Engine(self);
  }

  private void announce() {
    View view = new View(++epoch, members.stream().map(each -> each.self).toList(), Set.of());
    List.copyOf(members).forEach(each -> each.toCall.onView(view));
  }

  private final class Engine implements ClusterEngine {
    private final NodeId self;
    private Handler toCall = new RecordingHandler();

    Engine(NodeId self) {
      this.self = self;
    }

    @Override
    public void start(Handler handler) {
      toCall = handler;
      members.add(this);
      announce();
    }

    @Override
    public void close() {
      if (members.remove(this) && !members.isEmpty()) {
        announce();
      }
    }

    @Override
    public NodeId self() {
      return self;
    }

    @Override
    public int messageBytesMax() {
      return 512 * 1024;
    }

    @Override
    public CompletionStage<Void> multicast(byte[] message) {
      for (Engine each : List.copyOf(members)) {
        simulation.schedule(UNDER_WAY, () -> {
          if (members.contains(each) && members.contains(this)) {
            each.toCall.onMessage(self, message);
          }
        });
      }
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<byte[]> request(NodeId to, byte[] message, Duration timeout) {
      CompletableFuture<byte[]> answer = new CompletableFuture<>();
      simulation.schedule(
          UNDER_WAY,
          () -> members.stream()
              .filter(each -> each.self.equals(to))
              .findFirst()
              .ifPresentOrElse(
                  each -> each.toCall.onRequest(self, message).whenComplete((bytes, failure) -> {
                    if (failure == null) {
                      answer.complete(bytes);
                    } else {
                      answer.completeExceptionally(failure);
                    }
                  }),
                  () -> answer.completeExceptionally(new IllegalStateException(to + " left"))));
      return answer;
    }
  }
}
