package org.fluidosgi.itests.benchmarks.registry;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.registry.View;
import org.fluidosgi.registry.spi.ClusterEngine;
import org.jspecify.annotations.Nullable;

/** A group inside this JVM: no network, no losses; every receiver gets a copy of its own, on its own thread.
 * Threads: the monitor of the group orders views and messages; handlers are called under no lock. */
final class MemoryGroup {
  private static final int MESSAGE_BYTES_MAX = 1024 * 1024;

  private final Map<NodeId, Engine> members = new LinkedHashMap<>();
  private long epoch;

  /** An engine of that node; joins when it is started. */
  ClusterEngine engine(NodeId node) {
    return new Engine(node);
  }

  private synchronized void enter(Engine engine) {
    members.put(engine.self, engine);
    tellView();
  }

  private synchronized void leave(Engine engine) {
    if (members.remove(engine.self, engine)) {
      tellView();
    }
  }

  private void tellView() {
    if (!members.isEmpty()) {
      View view = new View(++epoch, List.copyOf(members.keySet()), Set.of());
      members.values().forEach(to -> to.deliver(handler -> handler.onView(view)));
    }
  }

  private synchronized @Nullable Engine member(NodeId node) {
    return members.get(node);
  }

  private interface Delivery {
    void to(ClusterEngine.Handler handler);
  }

  private final class Engine implements ClusterEngine {
    private final NodeId self;
    private final ExecutorService thread;
    private volatile @Nullable Handler handler;

    Engine(NodeId self) {
      this.self = self;
      thread = Executors.newSingleThreadExecutor(task -> {
        Thread made = new Thread(task, "bench-engine-" + self);
        made.setDaemon(true);
        return made;
      });
    }

    void deliver(Delivery delivery) {
      thread.execute(() -> {
        Handler toCall = handler;
        if (toCall != null) {
          delivery.to(toCall);
        }
      });
    }

    @Override
    public void start(Handler toCall) {
      handler = toCall;
      enter(this);
      CompletableFuture<Void> viewed = new CompletableFuture<>();
      thread.execute(() -> viewed.complete(null)); // behind the first view
      viewed.join();
    }

    @Override
    public void close() {
      leave(this);
      handler = null;
      thread.shutdown();
    }

    @Override
    public NodeId self() {
      return self;
    }

    @Override
    public int messageBytesMax() {
      return MESSAGE_BYTES_MAX;
    }

    @Override
    public CompletionStage<Void> multicast(byte[] message) {
      CompletableFuture<Void> own = new CompletableFuture<>();
      synchronized (MemoryGroup.this) {
        if (members.get(self) != this) {
          return CompletableFuture.failedFuture(new IllegalStateException("not in the group"));
        }
        for (Engine to : members.values()) {
          to.deliver(toCall -> {
            toCall.onMessage(self, message.clone());
            if (to == this) {
              own.complete(null);
            }
          });
        }
      }
      return own;
    }

    @Override
    public CompletionStage<byte[]> request(NodeId to, byte[] message, Duration timeout) {
      CompletableFuture<byte[]> answer = new CompletableFuture<>();
      Engine asked = member(to);
      if (asked == null) {
        return CompletableFuture.failedFuture(new IllegalStateException(to + " is no member"));
      }
      asked.deliver(toCall -> toCall
          .onRequest(self, message.clone())
          .whenComplete((bytes, failure) -> deliver(own -> {
            if (failure == null) {
              answer.complete(bytes.clone());
            } else {
              answer.completeExceptionally(failure);
            }
          })));
      return answer.orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public String toString() {
      return "engine inside this JVM of " + self;
    }
  }
}
