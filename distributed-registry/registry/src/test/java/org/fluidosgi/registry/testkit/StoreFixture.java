package org.fluidosgi.registry.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.fluidosgi.registry.Interest;
import org.fluidosgi.registry.Publication;
import org.fluidosgi.registry.RegistryStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A store that writes and one that reads, in a simulation's time: two members of a group, or one and the same. */
public abstract class StoreFixture {
  /** Longer than a change takes to any member. */
  protected static final Duration SPREAD = Duration.ofSeconds(2);

  protected final Simulation simulation = new Simulation(1);
  protected final EventSink sink = new EventSink();
  protected RegistryStore writer;
  protected RegistryStore reader;

  /** Makes both and sets the fields; they know each other within {@link #SPREAD}. */
  protected abstract void open();

  /** That time passes, and the writer's task queue does not run in it. */
  protected abstract void hang(Duration span);

  @BeforeEach
  final void begin() {
    open();
    simulation.advance(SPREAD);
  }

  @AfterEach
  final void nothingWentWrong() {
    assertEquals(List.of(), simulation.failures());
    assertEquals(List.of(), sink.violations);
  }

  /** The answer, in no more than {@link #SPREAD}. */
  protected final <T> T get(CompletionStage<T> stage) {
    if (!stage.toCompletableFuture().isDone()) {
      simulation.until("an answer", SPREAD, () -> stage.toCompletableFuture().isDone());
    }
    return stage.toCompletableFuture().join();
  }

  protected final <T extends Throwable> T failure(Class<T> type, CompletionStage<?> stage) {
    return assertInstanceOf(
        type, assertThrows(CompletionException.class, () -> get(stage)).getCause());
  }

  protected static Publication publication(String name, Object value) {
    return Publication.of("k", name, Set.of(), Map.of("value", value));
  }

  /** The field {@code sink} hears of all records of kind k that the reader knows. */
  protected final void follow() {
    reader.subscribe(Interest.inKind("k"), sink);
    simulation.advance(SPREAD);
  }
}
