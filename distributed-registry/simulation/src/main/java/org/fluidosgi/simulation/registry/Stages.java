package org.fluidosgi.simulation.registry;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Stages that a node's store has given out: each must complete soon, and in the order they were asked for. */
final class Stages {
  private static final long TIME_MAX_NANOS = 1_000_000_000L;

  private static final class Open {
    final String what;
    final long since;
    boolean done;

    Open(String what, long since) {
      this.what = what;
      this.since = since;
    }
  }

  private final RegistryNode node;
  private final Deque<Open> open = new ArrayDeque<>();
  private long heldUntil;

  Stages(RegistryNode node) {
    this.node = node;
  }

  /** Watches the stage; {@code then} is called when it completes. */
  <T> void add(String what, CompletionStage<T> stage, Consumer<@Nullable Throwable> then) {
    Open each = new Open(what, node.run.world.now());
    open.add(each);
    stage.whenComplete((result, failure) -> {
      each.done = true;
      then.accept(failure);
    });
  }

  /** The process hangs until then. */
  void heldUntil(long nanos) {
    heldUntil = Math.max(heldUntil, nanos);
  }

  void check() {
    open.removeIf(each -> each.done);
    long now = node.run.world.now();
    for (Open each : open) {
      if (now - Math.max(each.since, heldUntil) > TIME_MAX_NANOS) {
        node.fail(
            "no-starvation",
            each.what + " is not done after " + (now - each.since) / 1_000_000 + " ms");
      }
    }
  }
}
