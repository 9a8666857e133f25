package org.fluidosgi.framework.internal.core;

import java.lang.System.Logger.Level;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** Publishes and withdraws records whose fate nobody waits for: what is refused is logged, the rest goes on. Threads: any. */
public final class Telling {
  private static final System.Logger LOG = System.getLogger("org.fluidosgi.framework");

  private Telling() {}

  /** Does that; never throws for what a store refuses. */
  public static void tell(Supplier<CompletionStage<Void>> telling) {
    try {
      watch(telling.get());
    } catch (IllegalArgumentException | IllegalStateException e) {
      LOG.log(Level.WARNING, "a record cannot be published: {0}", e.getMessage());
    }
  }

  private static void watch(CompletionStage<Void> stage) {
    stage.whenComplete((done, failure) -> {
      if (failure != null) {
        LOG.log(Level.DEBUG, "a record was not published: {0}", failure);
      }
    });
  }
}
