package org.fluidosgi.registry.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.fluidosgi.registry.Interest;
import org.fluidosgi.registry.Page;
import org.fluidosgi.registry.PageRequest;
import org.junit.jupiter.api.Test;

/** What every store promises. An implementation extends this and says how a store that writes and one that reads are made. */
public abstract class RegistryStoreContract extends BadInputContract {
  @Test
  void readerHearsOfAdditionChangeAndRemoval() {
    get(writer.publish(publication("a", 1)));
    simulation.advance(SPREAD);
    follow();
    get(writer.publish(publication("b", 1)));
    get(writer.publish(publication("a", 2)));
    get(writer.publish(publication("a", 2)));
    get(writer.withdraw("k", "b"));
    get(writer.withdraw("k", "b"));
    simulation.advance(SPREAD);
    assertEquals(List.of("+a", "!", "+b", "~a", "-b"), sink.events);
  }

  @Test
  void pagesHoldEachRecordOnce() {
    Set<String> published = publishMany(25);
    List<String> found = new ArrayList<>();
    PageRequest request = PageRequest.first(10);
    int pages = 0;
    for (Page page = null; page == null || page.next() != null; pages++) {
      page = get(reader.scan(Interest.inKind("k"), request));
      assertFalse(page.partial());
      page.records().forEach(each -> found.add(each.id().name()));
      request = request.behind(page);
    }
    assertEquals(3, pages);
    assertEquals(25, found.size());
    assertEquals(published, Set.copyOf(found));
  }

  /** The answer comes when the store can give it, with what it has come to, and the next page goes on from there. */
  @Test
  void pageEndsAtItsDeadline() {
    Set<String> published = publishMany(300);
    PageRequest request = PageRequest.first(1_000).within(Duration.ofSeconds(1));
    writer.publish(publication("r0", 0)); // what is asked behind it waits for it
    CompletionStage<Page> late = writer.scan(Interest.inKind("k"), request);
    hang(Duration.ofSeconds(3));
    Page page = get(late);
    assertNotNull(page.next());
    assertTrue(page.records().size() > 0 && page.records().size() < 300, page.toString());
    Page rest = get(writer.scan(Interest.inKind("k"), request.behind(page)));
    assertNull(rest.next());
    Set<String> found = new HashSet<>();
    page.records().forEach(each -> found.add(each.id().name()));
    rest.records().forEach(each -> assertTrue(found.add(each.id().name())));
    assertEquals(published, found);
  }

  @Test
  void wrongPagesAreRefused() {
    for (int size : new int[] {0, -1, PageRequest.SIZE_MAX + 1}) {
      assertThrows(IllegalArgumentException.class, () -> PageRequest.first(size));
    }
    for (Duration time : List.of(Duration.ZERO, Duration.ofSeconds(61), Duration.ofMillis(-1))) {
      assertThrows(IllegalArgumentException.class, () -> PageRequest.first(1).within(time));
    }
    assertThrows(
        IllegalArgumentException.class,
        () -> reader.scan(Interest.inKind("k"), new PageRequest(1, "?")));
  }

  private Set<String> publishMany(int records) {
    Set<String> names = new HashSet<>();
    for (int i = 0; i < records; i++) {
      writer.publish(publication("r" + i, i));
      names.add("r" + i);
    }
    simulation.advance(SPREAD);
    return names;
  }
}
