package org.fluidosgi.groupstore.internal.raft;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.groupstore.internal.core.Peers;

/** Asks other stores and hands the answers to the owner thread. Threads: the owner thread. */
final class Asker {
  static final Duration TIMEOUT = Duration.ofSeconds(2);

  private static final Logger LOG = System.getLogger("org.fluidosgi.groupstore");

  private final String name;
  private final Peers peers;
  private final Executor owner;

  Asker(String name, Peers peers, Executor owner) {
    this.name = name;
    this.peers = peers;
    this.owner = owner;
  }

  /** Asks; an answer that comes is taken on the owner thread, one that does not is not missed. */
  void ask(NodeId to, Question question, Consumer<Answer> then) {
    ask(to, question, TIMEOUT).thenAccept(then).exceptionally(failure -> {
      LOG.log(Level.TRACE, () -> name + ": " + to + " does not answer: " + failure);
      return null;
    });
  }

  /** Asks; completes on the owner thread. */
  CompletableFuture<Answer> ask(NodeId to, Question question, Duration timeout) {
    CompletableFuture<Answer> answer = new CompletableFuture<>();
    peers
        .request(to, question.encode(), timeout)
        .whenComplete((bytes, failure) -> owner.execute(() -> {
          if (failure != null) {
            answer.completeExceptionally(failure);
            return;
          }
          try {
            answer.complete(Answer.decode(bytes));
          } catch (IllegalArgumentException e) {
            answer.completeExceptionally(e);
          }
        }));
    return answer;
  }
}
