package org.fluidosgi.framework.internal.core;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.fluidosgi.channel.Env;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.framework.internal.core.OrdinalTable.Given;
import org.fluidosgi.framework.internal.core.OrdinalTable.NotDecidedException;
import org.fluidosgi.registry.Membership;
import org.fluidosgi.registry.View;
import org.jspecify.annotations.Nullable;

/** Asks the first member of each view for this node's ordinal.
 * Invariant: at most one question is under way; an answer to a view gone by is dropped. A first member that does not answer (it may be a
 * node without virtual framework) is asked {@value #TRIES} times, then the next in order, up to oneself, who keeps its number. One whose
 * group store cannot decide is asked until it can: until then this node keeps the number it has, as a lone node would.
 * Threads: the node's task queue owns the state. Source: architecture section 3, ids. */
public final class Numbering implements Membership.Listener {
  /** Questions to one member before the next is tried. */
  public static final int TRIES = 10;

  /** Pause between questions that failed. */
  public static final Duration RETRY = Duration.ofMillis(500);

  /** Pause while the group store cannot decide. */
  public static final Duration RETRY_UNDECIDED = Duration.ofSeconds(2);

  private static final System.Logger LOG = System.getLogger("org.fluidosgi.framework");
  private final NodeId self;
  private final NodeIds ids;
  private final Env env;
  private final Asker asker;
  private final Consumer<Given> onGiven;
  private List<NodeId> members = List.of();
  private int failures;
  private long round;
  private boolean warned;
  private boolean closed;
  private Env.@Nullable Cancellable retry;

  /** Sends the question; a transport. */
  @FunctionalInterface
  public interface Asker {
    CompletionStage<Given> ask(NodeId member, NodeId self, UUID lastGroup, int lastOrdinal);
  }

  /** {@code onGiven} is called on the task queue with each answer, also with an unchanged one. */
  public Numbering(NodeId self, NodeIds ids, Env env, Asker asker, Consumer<Given> onGiven) {
    this.self = self;
    this.ids = ids;
    this.env = env;
    this.asker = asker;
    this.onGiven = onGiven;
  }

  @Override
  public void onView(View view) {
    env.execute(() -> begin(view.members()));
  }

  /** Asks once more: the way to the first member came only now. */
  public void again() {
    env.execute(() -> begin(members));
  }

  /** Ends asking. */
  public void close() {
    env.execute(() -> {
      closed = true;
      begin(List.of());
    });
  }

  private void begin(List<NodeId> now) {
    members = now;
    failures = 0;
    round++;
    Env.Cancellable pending = retry;
    retry = null;
    if (pending != null) {
      pending.cancel();
    }
    ask();
  }

  private void ask() {
    int at = failures / TRIES;
    if (closed || at >= members.size() || members.get(at).equals(self)) {
      return;
    }
    NodeId member = members.get(at);
    NodeIds.Numbers last = ids.numbers();
    long asked = round;
    asker
        .ask(member, self, last.group(), last.ordinal())
        .whenComplete((given, failure) -> env.execute(() -> {
          if (asked != round || closed) {
            return;
          }
          if (failure == null) {
            warned = false;
            onGiven.accept(given);
          } else {
            failed(member, failure);
          }
        }));
  }

  private void failed(NodeId member, Throwable failure) {
    Throwable cause = Failures.cause(failure);
    if (cause instanceof NotDecidedException) {
      LOG.log(
          warned ? Level.DEBUG : Level.WARNING,
          "{0}: no number in the group yet, {1} says: {2}. Until then this node keeps the number it has, and the others hide its"
              + " virtual bundles if it was another group''s",
          self,
          member,
          cause.getMessage());
      warned = true;
      retry = env.schedule(RETRY_UNDECIDED, this::ask);
      return;
    }
    failures++;
    Level level = failures == TRIES ? Level.WARNING : Level.DEBUG;
    LOG.log(level, "{0}: {1} gives no ordinal: {2}", self, member, cause.getMessage());
    retry = env.schedule(RETRY, this::ask);
  }
}
