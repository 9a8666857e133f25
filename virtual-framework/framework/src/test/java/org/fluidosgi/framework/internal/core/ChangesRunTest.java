package org.fluidosgi.framework.internal.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.EnumMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.fluidosgi.framework.internal.core.Change.Kind;
import org.fluidosgi.framework.internal.core.Change.Step;
import org.junit.jupiter.api.Test;

/** Groups whose processes are killed at each step of each change, from seeds. {@code -Dfluid.test.changes.seeds} plays more. */
class ChangesRunTest {
  private static final int SEEDS = Integer.getInteger("fluid.test.changes.seeds", 40);

  @Test
  void whateverEndsInTheMiddleEachChangeIsDoneOrNotAndAllAgree() {
    Map<Kind, Set<Step>> killed = new EnumMap<>(Kind.class);
    Set<String> told = new HashSet<>();
    for (long seed = 1; seed <= SEEDS; seed++) {
      ChangesRun run = new ChangesRun(3 + (int) (seed % 3), seed);
      try {
        run.play();
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
      }
      run.killed.forEach((kind, steps) ->
          killed.computeIfAbsent(kind, k -> new HashSet<>()).addAll(steps.keySet()));
      told.addAll(run.told.keySet());
    }
    for (Kind kind : Kind.values()) {
      assertEquals(Set.of(Step.values()), killed.get(kind), kind.word());
    }
    assertTrue(
        told.containsAll(
            Set.of("done", "refused", "given up", "done after all", "undecided", "not asked")),
        told.toString());
  }
}
