package org.fluidosgi.registry.internal.core;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.registry.View;
import org.fluidosgi.registry.spi.ClusterEngine;

/** An engine whose other members are played by the test. */
final class ScriptedEngine implements ClusterEngine {
  final List<byte[]> sent = new ArrayList<>();
  final List<byte[]> requests = new ArrayList<>();
  Function<byte[], CompletionStage<byte[]>> answer = request -> new CompletableFuture<>();
  Handler handler;
  private final NodeId self;
  private long epoch;
  int messageBytesMax = MESSAGE_BYTES_LEAST;

  ScriptedEngine(NodeId self) {
    this.self = self;
  }

  void view(NodeId... members) {
    handler.onView(new View(++epoch, List.of(members), Set.of()));
  }

  List<RegistryMessage> sentMessages() {
    return sent.stream()
        .map(bytes -> {
          try {
            return MessageCodec.decode(bytes);
          } catch (UnknownMessageException e) {
            throw new AssertionError(e);
          }
        })
        .toList();
  }

  @Override
  public void start(Handler toCall) {
    handler = toCall;
    view(self);
  }

  @Override
  public void close() {}

  @Override
  public NodeId self() {
    return self;
  }

  @Override
  public int messageBytesMax() {
    return messageBytesMax;
  }

  @Override
  public CompletionStage<Void> multicast(byte[] message) {
    sent.add(message);
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public CompletionStage<byte[]> request(NodeId to, byte[] message, Duration timeout) {
    requests.add(message);
    return answer.apply(message);
  }
}
