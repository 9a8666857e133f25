package org.fluidosgi.registry.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.fluidosgi.registry.Interest;
import org.fluidosgi.registry.Page;
import org.fluidosgi.registry.PageRequest;
import org.fluidosgi.registry.Publication;
import org.fluidosgi.registry.RegistryStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** The part about what is wrong: refused in the caller's thread, by name and limit, and nothing comes of it. */
public abstract class BadInputContract extends StreamContract {
  /** The wall clock of the writer's machine is set. */
  protected abstract void setClock(Duration by);

  private static void assertSays(Executable wrong, String... parts) {
    String said = assertThrows(IllegalArgumentException.class, wrong).getMessage();
    for (String part : parts) {
      assertTrue(said.contains(part), "'" + part + "' is not in: " + said);
    }
  }

  @Test
  void recordsThatAreTooLargeOrCannotTravelAreRefused() {
    follow();
    Set<String> tooMany = new HashSet<>();
    for (int i = 0; i <= RegistryStore.KEYS_PER_RECORD_MAX; i++) {
      tooMany.add("key" + i);
    }
    assertSays(
        () -> writer.publish(publication("large", new byte[RegistryStore.RECORD_BYTES_MAX])),
        "at most " + RegistryStore.RECORD_BYTES_MAX);
    assertSays(
        () -> writer.publish(Publication.of("k", "many", tooMany, Map.of())),
        "record k/many has 1001 keys",
        "at most 1000");
    assertSays(
        () -> writer.publish(Publication.of("k", "long", Set.of("x".repeat(1_025)), Map.of())),
        "1..1024 characters, not 1025");
    assertSays(
        () -> writer.publish(publication("odd", new Thread("never started"))),
        "value",
        "java.lang.Thread");
    assertSays(() -> writer.publish(publication(" ", 1)), "1..512 characters");
    simulation.advance(SPREAD);
    assertEquals(List.of("!"), sink.events);
  }

  @Test
  void malformedFiltersAreRefusedWithTheirPosition() {
    Interest wrong = Interest.matching("k", "(&(a=1)(b=2)");
    List<Executable> all = List.of(
        () -> reader.scan(wrong, PageRequest.first(1)),
        () -> reader.explain(wrong),
        () -> reader.subscribe(wrong, sink),
        () -> reader.subscribe(wrong, sink, Runnable::run));
    for (Executable each : all) {
      assertSays(each, "(&(a=1)(b=2)", "wrong at character 13");
    }
    simulation.advance(SPREAD);
    assertEquals(List.of(), sink.events);
  }

  @Test
  void unknownAttributesMatchNothingUnlessNegated() {
    get(writer.publish(publication("a", 1)));
    simulation.advance(SPREAD);
    assertEquals(0, found("(nobody=1)"));
    assertEquals(0, found("(nobody=*)"));
    assertEquals(0, found("(&(value=1)(nobody>=1))"));
    assertEquals(1, found("(|(value=1)(nobody~=x))"));
    assertEquals(1, found("(!(nobody=1))"));
  }

  private int found(String filter) {
    Page page = get(reader.scan(Interest.matching("k", filter), PageRequest.first(10)));
    return page.records().size();
  }

  @Test
  void clockJumpsChangeNothing() {
    follow();
    get(writer.publish(publication("a", 1)));
    get(writer.publish(publication("b", 1).leased(Duration.ofSeconds(10))));
    setClock(Duration.ofDays(400));
    simulation.advance(Duration.ofSeconds(5));
    setClock(Duration.ofDays(-800));
    get(writer.publish(publication("a", 2)));
    simulation.advance(Duration.ofSeconds(4));
    assertEquals(List.of("!", "+a", "+b", "~a"), sink.events);
    simulation.advance(SPREAD);
    assertEquals(List.of("!", "+a", "+b", "~a", "-b"), sink.events);
  }
}
