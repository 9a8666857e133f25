package org.fluidosgi.framework.internal.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;
import org.fluidosgi.channel.Env;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.framework.internal.core.OrdinalTable.Given;
import org.fluidosgi.framework.internal.core.OrdinalTable.NotDecidedException;
import org.fluidosgi.registry.View;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whom a node asks for its number, and how long. */
class NumberingTest {
  private static final NodeId FIRST = new NodeId(new UUID(0, 1));
  private static final NodeId SECOND = new NodeId(new UUID(0, 2));
  private static final NodeId SELF = new NodeId(new UUID(0, 3));
  private static final UUID GROUP = new UUID(5, 5);

  @TempDir
  Path folder;

  private final Steps env = new Steps();
  private final List<NodeId> asked = new ArrayList<>();
  private final List<Given> given = new ArrayList<>();
  private RuntimeException failure = new IllegalStateException("no answer");

  private Numbering numbering() throws Exception {
    NodeIds ids = NodeIds.open(folder.resolve("ids"), UUID::randomUUID);
    Numbering made = new Numbering(
        SELF,
        ids,
        env,
        (member, self, group, ordinal) -> {
          asked.add(member);
          return failure == null
              ? CompletableFuture.completedFuture(new Given(GROUP, 3))
              : CompletableFuture.failedFuture(failure);
        },
        given::add);
    made.onView(new View(1, List.of(FIRST, SECOND, SELF), Set.of()));
    return made;
  }

  @Test
  void whoDoesNotAnswerIsPassedOver() throws Exception {
    numbering();
    env.run(3 * Numbering.TRIES);
    assertEquals(2 * Numbering.TRIES, asked.size());
    assertEquals(FIRST, asked.get(Numbering.TRIES - 1));
    assertEquals(SECOND, asked.get(Numbering.TRIES));
    assertEquals(List.of(), given, "it keeps the number it has");
  }

  @Test
  void whoCannotDecideIsAskedUntilItCan() throws Exception {
    failure = new NotDecidedException("1 of 3 voters answer");
    numbering();
    env.run(5 * Numbering.TRIES);
    assertEquals(Set.of(FIRST), Set.copyOf(asked));
    assertEquals(List.of(), given);
    failure = null;
    env.run(1);
    assertEquals(List.of(new Given(GROUP, 3)), given);
  }

  /** Runs what is due at once, and what is due later step by step. */
  private static final class Steps implements Env {
    private final List<Runnable> later = new ArrayList<>();

    void run(int steps) {
      for (int i = 0; i < steps; i++) {
        List<Runnable> due = List.copyOf(later);
        later.clear();
        due.forEach(Runnable::run);
      }
    }

    @Override
    public void execute(Runnable task) {
      task.run();
    }

    @Override
    public Cancellable schedule(Duration delay, Runnable task) {
      later.add(task);
      return () -> later.remove(task);
    }

    @Override
    public long nanoTime() {
      return 0;
    }

    @Override
    public long currentTimeMillis() {
      return 0;
    }

    @Override
    public RandomGenerator random() {
      return RandomGenerator.getDefault();
    }
  }
}
