package org.fluidosgi.shell.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.fluidosgi.registry.Interest;
import org.junit.jupiter.api.Test;

class ScannedTest {
  private final FakeStore store = new FakeStore(); // two records on a page

  ScannedTest() {
    for (int i = 0; i < 7; i++) {
      store.add(FakeStore.ALPHA, "k", "r" + i, Map.of());
    }
  }

  @Test
  void takesAllPages() {
    Scanned all = Scanned.all(store, Interest.inKind("k"), () -> 0);
    assertEquals(7, all.records().size());
    assertEquals("", all.missing());
    store.partial = true;
    assertEquals(
        ", partial: not all members' records are known yet",
        Scanned.all(store, Interest.inKind("k"), () -> 0).missing());
  }

  @Test
  void endsInTimeAndSaysSo() {
    AtomicLong nanos = new AtomicLong();
    long step = Scanned.TIME_MAX.toNanos() / 2;
    Scanned some = Scanned.all(store, Interest.inKind("k"), () -> nanos.getAndAdd(step));
    assertEquals(4, some.records().size());
    assertEquals(", partial: not all records were tried within 10 s", some.missing());
  }
}
