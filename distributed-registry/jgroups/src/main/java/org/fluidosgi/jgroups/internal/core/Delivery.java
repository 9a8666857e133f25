package org.fluidosgi.jgroups.internal.core;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import org.fluidosgi.channel.ChannelException;
import org.fluidosgi.channel.ChannelException.Effect;
import org.fluidosgi.channel.ChannelException.Scope;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.registry.View;
import org.fluidosgi.registry.spi.ClusterEngine.Handler;

/** Hands views, messages and requests to the handler, one at a time, on a thread of its own, so that no thread of JGroups or
 * of the network ever waits for the registry. Keeps the contract's order: nothing from a node outside the last delivered view, and
 * a node that was replaced by its next life is shown gone before it is shown back.
 * State: what has no comment is owned by the delivery thread. */
public final class Delivery {
  /** Messages and requests not yet delivered may hold that many bytes; beyond, a message is dropped (the registry's digests
   * repair it) and a request refused. */
  public static final long UNDELIVERED_BYTES_MAX = 64L << 20;

  /** Bytes that a message counts besides its own. */
  static final int OVERHEAD_BYTES = 256;

  /** Messages that may wait for the view that holds their sender. */
  public static final int EARLY_MAX = 4096;

  /** Views after which a message whose sender is still no member is dropped. */
  public static final int EARLY_VIEWS_MAX = 4;

  private static final long CLOSE_MILLIS_MAX = 2000;
  private static final System.Logger LOG = System.getLogger("org.fluidosgi.jgroups");

  private final Member self;
  private final String name;
  private final Handler handler;
  private final BiConsumer<View, Set<Member>> afterView;
  private final ThreadPoolExecutor thread;
  private final AtomicLong undeliveredBytes = new AtomicLong();
  private final AtomicBoolean overflowTold = new AtomicBoolean();
  private final CountDownLatch firstView = new CountDownLatch(1);
  private volatile boolean closed;
  private volatile Thread runner = Thread.currentThread();

  private long epoch;
  private Set<NodeId> suspects = Set.of();
  private Set<NodeId> suspectsTold = Set.of();
  private final Queue<Early> early = new ArrayDeque<>();

  /** Written by the delivery thread, read by any. */
  private volatile Map<NodeId, Member> members = Map.of();

  /** A message or request until it is delivered or dropped; {@code unwanted} completes when it need not be delivered. */
  private record Early(
      Member from, int views, Runnable deliver, Runnable drop, CompletableFuture<?> unwanted) {}

  /** Shape: {@code afterView} is told, on the delivery thread, of each delivered view and of the members that it no longer
   * holds; {@code threads} makes that thread. */
  public Delivery(
      Member self,
      String name,
      Handler handler,
      BiConsumer<View, Set<Member>> afterView,
      ThreadFactory threads) {
    this.self = self;
    this.name = name;
    this.handler = handler;
    this.afterView = afterView;
    this.thread = new ThreadPoolExecutor(
        1, 1, 0, TimeUnit.MILLISECONDS, new LinkedBlockingQueue<>(), task -> {
          Thread made = threads.newThread(task);
          runner = made;
          return made;
        });
  }

  /** The life of that node that the last delivered view holds, if it holds one. */
  public Map<NodeId, Member> members() {
    return members;
  }

  /** A view of the engine; members are ordered alike everywhere and may hold two lives of a node. */
  public void view(long viewId, List<Member> viewMembers, boolean merge) {
    List<Member> copy = List.copyOf(viewMembers);
    execute(() -> deliverView(viewId, copy, merge), () -> {});
  }

  /** A multicast; {@code done} completes after the handler has returned. */
  public void message(Member from, byte[] payload, CompletableFuture<Void> done) {
    if (!reserve(payload.length + OVERHEAD_BYTES)) {
      done.completeExceptionally(failure("too many undelivered messages"));
      return;
    }
    Runnable deliver = () -> {
      try {
        handler.onMessage(from.node(), payload);
      } finally {
        done.complete(null);
      }
    };
    Runnable drop = () -> done.completeExceptionally(failure("the sender is no member"));
    // Wanted even when nobody waits for its confirmation: the group's members must deliver the
    // same.
    enqueue(from, payload.length + OVERHEAD_BYTES, deliver, drop, new CompletableFuture<>());
  }

  /** Counts bytes as undelivered; false when there is no room for them. */
  private boolean reserve(int bytes) {
    if (undeliveredBytes.addAndGet(bytes) <= UNDELIVERED_BYTES_MAX) {
      return true;
    }
    undeliveredBytes.addAndGet(-bytes);
    if (overflowTold.compareAndSet(false, true)) {
      LOG.log(
          System.Logger.Level.WARNING,
          "{0}: more than {1} bytes wait for the registry; messages are dropped and repaired later",
          name,
          UNDELIVERED_BYTES_MAX);
    }
    return false;
  }

  /** Delivers or drops it later, on the delivery thread; gives its bytes back then. */
  private void enqueue(
      Member from, int bytes, Runnable deliver, Runnable drop, CompletableFuture<?> unwanted) {
    Runnable delivered = () -> {
      undeliveredBytes.addAndGet(-bytes);
      deliver.run();
    };
    Runnable dropped = () -> {
      undeliveredBytes.addAndGet(-bytes);
      drop.run();
    };
    execute(() -> accept(new Early(from, 0, delivered, dropped, unwanted)), dropped);
  }

  /** A request; {@code answer} completes with what the handler answers. */
  public void request(Member from, byte[] payload, CompletableFuture<byte[]> answer) {
    if (!reserve(payload.length + OVERHEAD_BYTES)) {
      answer.completeExceptionally(failure("too many undelivered messages"));
      return;
    }
    Runnable deliver =
        () -> handler.onRequest(from.node(), payload).whenComplete((bytes, failed) -> {
          if (failed != null) {
            answer.completeExceptionally(Failures.unwrap(failed));
          } else {
            answer.complete(bytes);
          }
        });
    Runnable guarded = () -> {
      try {
        deliver.run();
      } catch (RuntimeException e) {
        answer.completeExceptionally(e);
      }
    };
    Runnable drop = () -> answer.completeExceptionally(failure("the caller is no member"));
    enqueue(from, payload.length + OVERHEAD_BYTES, guarded, drop, answer);
  }

  /** The members that are silent at the moment. */
  public void suspects(Set<NodeId> silent) {
    Set<NodeId> copy = Set.copyOf(silent);
    execute(
        () -> {
          suspects = copy;
          tellSuspects();
        },
        () -> {});
  }

  /** Waits until the first view was delivered. */
  public boolean awaitFirstView(long millis) throws InterruptedException {
    return firstView.await(millis, TimeUnit.MILLISECONDS);
  }

  /** Delivers nothing any more; waits for a delivery under way unless that is the caller. */
  public void close() {
    closed = true;
    thread.shutdown();
    if (Thread.currentThread() == runner) {
      return;
    }
    try {
      if (!thread.awaitTermination(CLOSE_MILLIS_MAX, TimeUnit.MILLISECONDS)) {
        thread.shutdownNow();
        LOG.log(
            System.Logger.Level.WARNING,
            "{0}: the registry keeps a delivery for more than {1} ms",
            name,
            CLOSE_MILLIS_MAX);
      }
    } catch (InterruptedException e) {
      thread.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }

  private void execute(Runnable task, Runnable ifClosed) {
    try {
      thread.execute(() -> {
        if (closed) {
          ifClosed.run();
        } else {
          guard(task);
        }
      });
    } catch (RejectedExecutionException e) {
      ifClosed.run();
    }
  }

  private void guard(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException | LinkageError e) {
      LOG.log(System.Logger.Level.ERROR, name + ": the registry failed on a delivery", e);
    }
  }

  private void accept(Early message) {
    Member known = members.get(message.from.node());
    if (message.unwanted.isDone()) {
      message.drop.run();
    } else if (message.from.equals(known)) {
      message.deliver.run();
    } else if (known != null && message.from.isBefore(known)) {
      message.drop.run();
    } else {
      early.add(message);
      message.unwanted.whenComplete((nothing, failed) -> execute(this::dropUnwanted, () -> {}));
      if (early.size() > EARLY_MAX) {
        early.remove().drop.run();
      }
    }
  }

  private void deliverView(long viewId, List<Member> viewMembers, boolean merge) {
    Map<NodeId, Member> next = latestLives(viewMembers);
    Map<NodeId, Member> before = members;
    Set<NodeId> replaced = new HashSet<>();
    for (Member member : next.values()) {
      Member old = before.get(member.node());
      if (old != null && !old.equals(member)) {
        replaced.add(member.node());
      }
    }
    if (!replaced.isEmpty()) {
      Map<NodeId, Member> without = new LinkedHashMap<>(next);
      without.keySet().removeAll(replaced);
      deliver(viewId, without, merge);
    }
    deliver(viewId, next, merge);
    firstView.countDown();
  }

  /** In the view's order, of two lives of a node the later one. */
  private static Map<NodeId, Member> latestLives(List<Member> viewMembers) {
    Map<NodeId, Member> latest = new HashMap<>();
    for (Member member : viewMembers) {
      latest.merge(member.node(), member, (a, b) -> a.isBefore(b) ? b : a);
    }
    Map<NodeId, Member> ordered = new LinkedHashMap<>();
    for (Member member : viewMembers) {
      if (member.equals(latest.get(member.node()))) {
        ordered.put(member.node(), member);
      }
    }
    return ordered;
  }

  private void deliver(long viewId, Map<NodeId, Member> next, boolean merge) {
    Map<NodeId, Member> before = members;
    Set<NodeId> mergedFrom = new HashSet<>();
    if (merge) {
      mergedFrom.addAll(next.keySet());
      mergedFrom.removeAll(before.keySet());
      mergedFrom.remove(self.node());
    }
    epoch = Math.max(epoch + 1, viewId);
    View view = new View(epoch, new ArrayList<>(next.keySet()), mergedFrom);
    members = Map.copyOf(next);
    Set<Member> departed = new HashSet<>(before.values());
    departed.removeAll(next.values());
    guard(() -> handler.onView(view));
    guard(() -> afterView.accept(view, departed));
    tellSuspects();
    releaseEarly();
  }

  /** A message that came before the view with its sender is delivered now; one waiting for too many views is dropped. */
  private void releaseEarly() {
    List<Early> waiting = new ArrayList<>(early);
    early.clear();
    for (Early message : waiting) {
      if (message.from.equals(members.get(message.from.node()))) {
        guard(message.deliver);
      } else if (message.views >= EARLY_VIEWS_MAX) {
        message.drop.run();
      } else {
        early.add(new Early(
            message.from, message.views + 1, message.deliver, message.drop, message.unwanted));
      }
    }
  }

  private void dropUnwanted() {
    early.removeIf(message -> {
      boolean unwanted = message.unwanted.isDone();
      if (unwanted) {
        message.drop.run();
      }
      return unwanted;
    });
  }

  private void tellSuspects() {
    Set<NodeId> now = new HashSet<>(suspects);
    now.retainAll(members.keySet());
    now.remove(self.node());
    if (!now.equals(suspectsTold)) {
      suspectsTold = Set.copyOf(now);
      guard(() -> handler.onSuspected(suspectsTold));
    }
  }

  private static ChannelException failure(String why) {
    return new ChannelException(Scope.CALL, Effect.NONE, "not delivered: " + why);
  }
}
