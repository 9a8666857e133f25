package org.fluidosgi.jgroups.internal.core;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.fluidosgi.channel.ChannelException;
import org.fluidosgi.channel.ChannelException.Effect;
import org.fluidosgi.channel.ChannelException.Scope;
import org.fluidosgi.channel.NodeId;

/** Requests that wait for their answer, by the member that is asked: they fail when it goes. Threads: any. */
public final class Requests {
  private final Map<NodeId, Set<CompletableFuture<byte[]>>> pending = new ConcurrentHashMap<>();

  /** A new request to that member. */
  public CompletableFuture<byte[]> open(NodeId to) {
    CompletableFuture<byte[]> answer = new CompletableFuture<>();
    Set<CompletableFuture<byte[]>> ofMember =
        pending.computeIfAbsent(to, any -> ConcurrentHashMap.newKeySet());
    ofMember.add(answer);
    answer.whenComplete((bytes, failed) -> ofMember.remove(answer));
    return answer;
  }

  /** That member is gone. */
  public void fail(NodeId to) {
    Set<CompletableFuture<byte[]>> ofMember = pending.remove(to);
    if (ofMember != null) {
      ChannelException gone =
          new ChannelException(Scope.NODE, Effect.UNKNOWN, to + " has left the group");
      List.copyOf(ofMember).forEach(request -> request.completeExceptionally(gone));
    }
  }

  /** The engine ends. */
  public void failAll(ChannelException why) {
    pending
        .values()
        .forEach(of -> List.copyOf(of).forEach(request -> request.completeExceptionally(why)));
  }
}
