package org.fluidosgi.simulation.engine;

import java.time.Duration;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import org.fluidosgi.channel.Env;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.registry.spi.ClusterEngine.Handler;
import org.jspecify.annotations.Nullable;

/** Requests on streams beside the multicasts: they keep no order with them. Invariant: one that is open has a timer.
 * Threads: the engine's, but {@link #send}. */
final class Requests {
  private record Open(Member to, CompletableFuture<byte[]> answer, Env.Cancellable timer) {}

  private final SimulatedEngine engine;
  private final TreeMap<Long, Open> open = new TreeMap<>();
  private long numbers;

  Requests(SimulatedEngine engine) {
    this.engine = engine;
  }

  CompletionStage<byte[]> send(NodeId node, byte[] message, Duration timeout) {
    Member to = engine.delivery().member(node);
    CompletableFuture<byte[]> answer = new CompletableFuture<>();
    if (to == null) {
      answer.completeExceptionally(new IllegalStateException(node + " is no member"));
      return answer;
    }
    long number = ++numbers;
    Env.Cancellable timer = engine.thread.schedule(
        timeout, () -> end(number, null, new TimeoutException("no answer from " + to)));
    open.put(number, new Open(to, answer, timer));
    Member from = engine.member;
    if (to.equals(from)) {
      engine.onThread(() -> engine.delivery().request(engine, from, number, message));
    } else {
      engine.group.stream(engine, to, at -> at.delivery().request(at, from, number, message));
    }
    return answer;
  }

  /** The request is wanted: let the handler answer it. */
  static void answer(
      SimulatedEngine at, Handler handler, Member asking, long number, byte[] message) {
    CompletionStage<byte[]> stage;
    try {
      stage = handler.onRequest(asking.node(), message);
    } catch (RuntimeException e) {
      stage = CompletableFuture.failedFuture(e);
    }
    stage.whenComplete((bytes, failure) -> reply(at, asking, number, bytes, failure));
  }

  static void reply(
      SimulatedEngine at,
      Member asking,
      long number,
      byte @Nullable [] bytes,
      @Nullable Throwable failure) {
    if (asking.equals(at.member)) {
      at.onThread(() -> at.requests().end(number, bytes, failure));
    } else {
      at.group.stream(at, asking, back -> {
        if (back.member.equals(
            asking)) { // loose or not: numbers are those of the engine that asked
          back.requests().end(number, bytes, failure);
        }
      });
    }
  }

  private void end(long number, byte @Nullable [] bytes, @Nullable Throwable failure) {
    Open request = open.remove(number);
    if (request != null) {
      request.timer().cancel();
      if (failure != null) {
        request.answer().completeExceptionally(failure);
      } else {
        request.answer().complete(bytes);
      }
    }
  }

  /** That member is gone. */
  void fail(Member gone) {
    for (Long number : List.copyOf(open.keySet())) {
      Open request = open.get(number);
      if (request != null && request.to().equals(gone)) {
        end(number, null, new IllegalStateException(gone + " has left"));
      }
    }
  }

  void failAll() {
    for (Long number : List.copyOf(open.keySet())) {
      end(number, null, new IllegalStateException("the engine was closed"));
    }
  }
}
