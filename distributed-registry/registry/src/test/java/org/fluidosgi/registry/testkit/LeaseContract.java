package org.fluidosgi.registry.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.fluidosgi.registry.Publication;
import org.fluidosgi.registry.RegistryRecord;
import org.fluidosgi.registry.RegistryStore;
import org.junit.jupiter.api.Test;

/** The part about leases. */
public abstract class LeaseContract extends StoreFixture {
  private static final Duration TTL = Duration.ofSeconds(10);

  private void publishLeased(String name, Object value, Duration ttl) {
    get(writer.publish(publication(name, value).leased(ttl)));
  }

  @Test
  void recordGoesWhenNobodyRenewsIt() {
    follow();
    publishLeased("a", 1, TTL);
    get(writer.publish(publication("b", 1)));
    simulation.advance(TTL.minusMillis(100));
    assertEquals(List.of("!", "+a", "+b"), sink.events);
    assertEquals(
        TTL,
        sink.known.values().stream()
            .filter(each -> each.id().name().equals("a"))
            .map(RegistryRecord::ttl)
            .findFirst()
            .orElseThrow());
    simulation.advance(Duration.ofMillis(200));
    assertEquals(List.of("!", "+a", "+b", "-a"), sink.events);
    assertFalse(get(writer.renew("k", "a")), "it is gone: its publisher has to publish again");
    publishLeased("a", 1, TTL);
    simulation.advance(SPREAD);
    assertEquals(List.of("!", "+a", "+b", "-a", "+a"), sink.events);
  }

  @Test
  void renewalAndRepetitionKeepItAndTellNobody() {
    follow();
    publishLeased("a", 1, TTL);
    publishLeased("b", 1, TTL);
    for (int i = 0; i < 10; i++) {
      simulation.advance(TTL.minusMillis(100));
      assertTrue(get(writer.renew("k", "a")));
      publishLeased("b", 1, TTL);
    }
    assertEquals(List.of("!", "+a", "+b"), sink.events);
    simulation.advance(TTL.plusMillis(100));
    assertEquals(2, sink.events.stream().filter(each -> each.startsWith("-")).count());
  }

  @Test
  void changeRenewsToo() {
    follow();
    publishLeased("a", 1, TTL);
    simulation.advance(TTL.minusMillis(100));
    publishLeased("a", 2, TTL);
    simulation.advance(TTL.minusMillis(100));
    assertEquals(List.of("!", "+a", "~a"), sink.events);
    simulation.advance(Duration.ofMillis(200));
    assertEquals(List.of("!", "+a", "~a", "-a"), sink.events);
  }

  @Test
  void leaseIsChangedAndTakenOff() {
    follow();
    publishLeased("a", 1, TTL);
    publishLeased("b", 1, TTL);
    publishLeased("c", 1, TTL);
    get(writer.publish(publication("a", 1)));
    publishLeased("b", 1, TTL.multipliedBy(2));
    publishLeased("c", 1, RegistryStore.TTL_MIN);
    simulation.advance(RegistryStore.TTL_MIN.multipliedBy(2));
    assertEquals(List.of("!", "+a", "+b", "+c", "~a", "~b", "~c", "-c"), sink.events);
    simulation.advance(TTL);
    assertEquals(8, sink.events.size(), "the first leases no longer count");
    simulation.advance(TTL);
    assertEquals("-b", sink.events.get(8));
    simulation.advance(RegistryStore.TTL_MAX);
    assertEquals(9, sink.events.size());
    assertTrue(get(writer.renew("k", "a")));
  }

  @Test
  void writerKnowsWhatIsLeft() {
    publishLeased("a", 1, TTL);
    get(writer.publish(publication("b", 1)));
    publishLeased("c", 1, RegistryStore.TTL_MAX);
    simulation.advance(Duration.ofSeconds(4));
    Map<String, Duration> left = get(writer.leases("k"));
    assertEquals(Set.of("a", "c"), left.keySet());
    assertEquals(6, left.get("a").toSeconds(), 1);
    assertEquals(Map.of(), get(writer.leases("l")));
    get(writer.renew("k", "a"));
    assertEquals(TTL, get(writer.leases("k")).get("a"));
    get(writer.withdraw("k", "a"));
    assertEquals(Set.of("c"), get(writer.leases("k")).keySet());
  }

  @Test
  void localRecordsHaveLeasesToo() {
    get(writer.publish(new Publication(
        "k", "a", 0, RegistryRecord.Scope.LOCAL, Set.of(), Map.of(), RegistryStore.TTL_MIN)));
    assertTrue(get(writer.renew("k", "a")));
    simulation.advance(SPREAD);
    assertFalse(get(writer.renew("k", "a")));
  }

  @Test
  void leaseOutsideTheLimitsIsRefused() {
    for (Duration wrong : List.of(
        RegistryStore.TTL_MIN.minusNanos(1), RegistryStore.TTL_MAX.plusNanos(1),
        Duration.ofMillis(-1), Duration.ofSeconds(Long.MAX_VALUE))) {
      String said = assertThrows(
              IllegalArgumentException.class,
              () -> writer.publish(publication("a", 1).leased(wrong)))
          .getMessage();
      assertTrue(said.contains("k/a") && said.contains(wrong.toString()), said);
    }
    assertFalse(get(writer.renew("k", "a")));
  }

  /** Nobody could renew while the writer itself did not run. */
  @Test
  void timeInWhichTheWriterDidNotRunIsNotCounted() {
    follow();
    publishLeased("a", 1, TTL);
    publishLeased("b", 1, TTL);
    simulation.advance(Duration.ofSeconds(5));
    hang(TTL.multipliedBy(3));
    assertTrue(get(writer.renew("k", "a")));
    assertEquals(List.of(), sink.events.stream().filter(e -> e.startsWith("-")).toList());
    simulation.advance(TTL.minusMillis(100));
    assertEquals("-b", sink.events.get(sink.events.size() - 1));
    simulation.advance(Duration.ofMillis(200));
    assertEquals("-a", sink.events.get(sink.events.size() - 1));
  }

  /** A renewal that had to wait for that counts from its end, and the pause is not added to it. */
  @Test
  void renewalThatWaitedWhileTheWriterDidNotRunIsNoLonger() {
    follow();
    publishLeased("a", 1, TTL);
    simulation.advance(Duration.ofSeconds(5));
    CompletionStage<Boolean> renewal = writer.renew("k", "a");
    hang(TTL.multipliedBy(3));
    assertTrue(get(renewal));
    simulation.advance(TTL.minusMillis(100));
    assertFalse(sink.events.contains("-a"), sink.events::toString);
    simulation.advance(Duration.ofMillis(1_300));
    assertEquals("-a", sink.events.get(sink.events.size() - 1));
  }

  @Test
  void thousandsOfLeasesEndTogether() {
    follow();
    for (int i = 0; i < 5_000; i++) {
      writer.publish(publication("a" + i, i).leased(TTL));
    }
    simulation.advance(SPREAD);
    assertEquals(5_001, sink.events.size());
    simulation.advance(TTL);
    assertEquals(10_001, sink.events.size());
    assertEquals(Map.of(), sink.known);
  }
}
