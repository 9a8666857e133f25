package org.fluidosgi.rsa.internal.call;

import static org.fluidosgi.channel.ChannelException.Effect.NONE;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import org.fluidosgi.channel.CallHeader;
import org.fluidosgi.channel.ChannelStream;
import org.fluidosgi.channel.Env;
import org.fluidosgi.channel.IncomingCall;
import org.fluidosgi.channel.NodeInfo;
import org.fluidosgi.channel.StreamHandler;

/** Takes requests from peers to the endpoints exported here.
 * Threads: requests arrive on network loops, where only their front is read; services run on the call executor, or on the loop
 * if they say that they never block. Every request is answered exactly once. */
public final class Dispatcher implements StreamHandler {
  private final Map<UUID, ServedEndpoint> endpoints = new ConcurrentHashMap<>();
  private final CallExecutor executor;
  private final LoopGuard guard;
  private final Env env;

  public Dispatcher(CallExecutor executor, LoopGuard guard, Env env) {
    this.executor = executor;
    this.guard = guard;
    this.env = env;
  }

  /** Serves that endpoint. */
  public void add(UUID id, ServedEndpoint endpoint) {
    endpoints.put(id, endpoint);
  }

  /** Serves it no more; later calls are refused, running ones end by themselves. */
  public void remove(UUID id) {
    endpoints.remove(id);
  }

  @Override
  public CompletionStage<ByteBuffer> onRequest(
      ChannelStream stream, IncomingCall call, ByteBuffer request) {
    return dispatch(call, request, true);
  }

  /** Takes a call of this very node, which needs no channel. */
  CompletableFuture<ByteBuffer> callLocally(CallHeader header, NodeInfo self, ByteBuffer request) {
    byte[] copy = new byte[request.remaining()];
    request.get(copy);
    CompletableFuture<Void> cancelled = new CompletableFuture<>();
    LocalCall call = new LocalCall(header, self, cancelled);
    CompletableFuture<ByteBuffer> answer = new CompletableFuture<>();
    dispatch(call, ByteBuffer.wrap(copy), false).whenComplete((content, failure) -> {
      if (failure != null) {
        answer.completeExceptionally(failure);
      } else {
        answer.complete(content);
      }
    });
    answer.whenComplete((content, failure) -> {
      if (answer.isCancelled()) {
        cancelled.complete(null);
      }
    });
    return answer;
  }

  private record LocalCall(
      CallHeader header, NodeInfo caller, CompletableFuture<Void> whenCancelled)
      implements IncomingCall {}

  private CompletableFuture<ByteBuffer> dispatch(
      IncomingCall call, ByteBuffer request, boolean onLoop) {
    CompletableFuture<ByteBuffer> answer = new CompletableFuture<>();
    Wire.Request front;
    try {
      front = Wire.readRequest(request);
    } catch (RuntimeException e) {
      answer.complete(Wire.refused(NONE, String.valueOf(e.getMessage())));
      return answer;
    }
    ServedEndpoint endpoint = endpoints.get(front.endpoint());
    if (endpoint == null) {
      answer.complete(Wire.refused(
          NONE, "endpoint urn:uuid:" + front.endpoint() + " is not served: its service is gone"));
      return answer;
    }
    if (endpoint.inline()) {
      Runnable run = () -> serve(endpoint, front, request, call, answer);
      if (onLoop) {
        guard.mark(run);
      } else {
        run.run();
      }
      return answer;
    }
    long arrived = env.nanoTime();
    try {
      executor.execute(() -> {
        if (call.whenCancelled().isDone()) {
          answer.complete(Wire.refused(NONE, "cancelled before it began"));
        } else if (isLate(call, arrived)) {
          answer.complete(
              Wire.refused(NONE, "the call waited here past its deadline: the node is overloaded"));
        } else {
          serve(endpoint, front, request, call, answer);
        }
      });
    } catch (RejectedExecutionException e) {
      answer.complete(Wire.refused(NONE, String.valueOf(e.getMessage())));
    } catch (OutOfMemoryError e) {
      answer.complete(Wire.refused(NONE, "no thread could be started for the call: " + e));
    }
    return answer;
  }

  /** Whatever breaks, an exception whose own methods throw or a heap that is full: the caller gets an answer. */
  private void serve(
      ServedEndpoint endpoint,
      Wire.Request front,
      ByteBuffer request,
      IncomingCall call,
      CompletableFuture<ByteBuffer> answer) {
    try {
      endpoint.serve(front, request, call, env, answer);
    } catch (Throwable e) {
      answer.complete(Wire.brokeOff(e));
    }
  }

  private boolean isLate(IncomingCall call, long arrived) {
    long allowed = call.header().timeout().toNanos();
    return allowed > 0 && env.nanoTime() - arrived > allowed;
  }
}
