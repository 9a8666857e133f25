package org.fluidosgi.registry.testkit;

import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiFunction;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.registry.View;
import org.fluidosgi.registry.spi.ClusterEngine;

/** Keeps what an engine delivers, and notes deliveries that the contract forbids. */
public final class RecordingHandler implements ClusterEngine.Handler {
  /** A delivered multicast. */
  @SuppressWarnings("ArrayRecordComponent")
  public record Message(NodeId from, byte[] bytes) {}

  public final List<View> views = new CopyOnWriteArrayList<>();
  public final List<Message> messages = new CopyOnWriteArrayList<>();
  public final List<Set<NodeId>> suspicions = new CopyOnWriteArrayList<>();
  public final List<String> violations = new CopyOnWriteArrayList<>();
  private volatile boolean closed;
  private volatile BiFunction<NodeId, byte[], CompletionStage<byte[]>> answer =
      (from, bytes) -> CompletableFuture.completedFuture(bytes);

  /** From now on requests are answered like this. */
  public RecordingHandler answering(BiFunction<NodeId, byte[], CompletionStage<byte[]>> function) {
    answer = function;
    return this;
  }

  /** From now on every delivery is a violation. */
  public void markClosed() {
    closed = true;
  }

  public View view() {
    return views.get(views.size() - 1);
  }

  /** Bytes of the messages of that sender, in order of delivery. */
  public List<byte[]> from(NodeId sender) {
    return messages.stream()
        .filter(m -> m.from().equals(sender))
        .map(Message::bytes)
        .toList();
  }

  @Override
  public void onView(View view) {
    check("a view", null);
    if (!views.isEmpty() && view().epoch() >= view.epoch()) {
      violations.add("epoch " + view.epoch() + " after " + view().epoch());
    }
    views.add(view);
  }

  @Override
  public void onSuspected(Set<NodeId> suspected) {
    check("a suspicion", null);
    suspicions.add(Set.copyOf(suspected));
  }

  @Override
  public void onMessage(NodeId from, byte[] message) {
    check("a message", from);
    messages.add(new Message(from, message));
  }

  @Override
  public CompletionStage<byte[]> onRequest(NodeId from, byte[] message) {
    check("a request", from);
    return answer.apply(from, message);
  }

  private void check(String what, @org.jspecify.annotations.Nullable NodeId from) {
    if (closed) {
      violations.add(what + " after close");
    }
    if (from != null && (views.isEmpty() || !view().contains(from))) {
      violations.add(what + " from " + from + " which is not in the view");
    }
  }
}
