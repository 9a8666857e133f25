package org.fluidosgi.registry.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import org.fluidosgi.channel.Registration;
import org.fluidosgi.registry.Interest;
import org.fluidosgi.registry.RegistryRecord;
import org.fluidosgi.registry.Sink;
import org.junit.jupiter.api.Test;

/** The part about subscribers that take changes at their own pace. */
public abstract class StreamContract extends LeaseContract {
  private final EventSink slow = new EventSink();

  /** Tasks of an executor that runs one when the test says so. */
  private final Deque<Runnable> tasks = new ArrayDeque<>();

  private Registration followSlowly() {
    Registration registration = reader.subscribe(Interest.inKind("k"), slow, tasks::add);
    simulation.advance(SPREAD);
    return registration;
  }

  private void publish(String name, int value) {
    writer.publish(publication(name, value));
    simulation.advance(SPREAD);
  }

  private void withdraw(String name) {
    writer.withdraw("k", name);
    simulation.advance(SPREAD);
  }

  /** The subscriber takes all. Returns what it was told by this. */
  private List<String> take() {
    int before = slow.events.size();
    while (!tasks.isEmpty()) {
      tasks.remove().run();
    }
    assertEquals(List.of(), slow.violations);
    return slow.events.subList(before, slow.events.size());
  }

  private static Map<String, Object> shown(EventSink of) {
    Map<String, Object> shown = new HashMap<>();
    of.known.values().forEach(r -> shown.put(r.id().name(), r.attributes().get("value")));
    return shown;
  }

  @Test
  void slowSubscriberHearsSnapshotMarkAndDeltas() {
    publish("a", 1);
    followSlowly();
    publish("b", 1);
    assertEquals(List.of(), slow.events);
    assertEquals(List.of("+a", "+b", "!"), take());
    publish("c", 1);
    assertEquals(List.of("+c"), take());
    publish("a", 2);
    assertEquals(List.of("~a"), take());
    withdraw("b");
    assertEquals(List.of("-b"), take());
  }

  @Test
  void changesThatWaitBecomeOnePerRecord() {
    publish("changed", 1);
    publish("gone", 1);
    publish("back", 1);
    followSlowly();
    take();
    publish("new", 1);
    publish("new", 2);
    publish("brief", 1);
    publish("brief", 2);
    withdraw("brief");
    publish("changed", 2);
    publish("changed", 3);
    publish("gone", 2);
    withdraw("gone");
    withdraw("back");
    publish("back", 2);
    publish("back", 3);
    assertEquals(List.of("+new", "~changed", "-gone", "~back"), take());
    assertEquals(Map.of("new", 2, "changed", 3, "back", 3), shown(slow));
  }

  @Test
  void whatIsLeftKeepsTheOrderOfWrites() {
    followSlowly();
    take();
    publish("a", 1);
    publish("b", 1);
    publish("c", 1);
    publish("a", 2);
    assertEquals(List.of("+b", "+c", "+a"), take());
  }

  @Test
  void changesDuringARoundWaitForTheNext() {
    EventSink[] inner = {slow};
    reader.subscribe(
        Interest.inKind("k"),
        new Sink() {
          @Override
          public void added(RegistryRecord record) {
            inner[0].added(record);
            publish("a", 2);
            publish("a", 3);
            withdraw("b");
          }

          @Override
          public void modified(RegistryRecord record, RegistryRecord before) {
            inner[0].modified(record, before);
          }

          @Override
          public void removed(RegistryRecord record) {
            inner[0].removed(record);
          }
        },
        tasks::add);
    publish("a", 1);
    tasks.remove().run();
    assertEquals(List.of(), tasks.stream().skip(1).toList(), "one task at a time");
    take();
    publish("b", 1);
    take();
    assertEquals(List.of("+a", "~a", "+b", "~a", "-b"), slow.events);
  }

  @Test
  void subscriberThatNeverTakesDelaysNobodyAndHoldsOneNoteOfARecord() {
    followSlowly();
    follow();
    for (int i = 0; i < 1_000; i++) {
      writer.publish(publication("a" + i % 10, i));
    }
    simulation.advance(SPREAD);
    assertEquals(1_001, sink.events.size());
    assertEquals(1, tasks.size());
    assertEquals(11, take().size());
    assertEquals(shown(sink), shown(slow));
  }

  @Test
  void subscriberThatFailsIsToldOn() {
    List<String> told = new ArrayList<>();
    reader.subscribe(
        Interest.inKind("k"),
        new Sink() {
          @Override
          public void added(RegistryRecord record) {
            told.add("+" + record.id().name());
            throw new AssertionError("a subscriber that fails");
          }

          @Override
          public void modified(RegistryRecord record, RegistryRecord before) {
            told.add("~" + record.id().name());
          }

          @Override
          public void removed(RegistryRecord record) {}
        },
        tasks::add);
    publish("a", 1);
    publish("b", 1);
    take();
    publish("a", 2);
    take();
    assertEquals(List.of("+a", "+b", "~a"), told);
  }

  @Test
  void closedSubscriberIsToldNothingMore() {
    Registration registration = followSlowly();
    take();
    publish("a", 1);
    registration.close();
    assertEquals(List.of(), take());
    publish("b", 1);
    assertEquals(List.of(), take());
    assertTrue(tasks.isEmpty());
  }

  @Test
  void refusingExecutorEndsTheSubscription() {
    boolean[] open = {true};
    int[] asked = {0};
    reader.subscribe(Interest.inKind("k"), slow, task -> {
      asked[0]++;
      if (!open[0]) {
        throw new RejectedExecutionException("shut down");
      }
      tasks.add(task);
    });
    publish("a", 1);
    take();
    open[0] = false;
    publish("b", 1);
    publish("c", 1);
    assertEquals(2, asked[0]);
    assertEquals(List.of("+a", "!"), slow.events);
  }

  /** Random writes, and a subscriber that takes now and then: what it is told is legal at every step, and once it has taken all it
   * knows what a subscriber knows that was told all of it. */
  @Test
  void slowSubscriberEndsWithTheStoresState() {
    for (long seed = 1; seed <= 40; seed++) {
      Random random = new Random(seed);
      EventSink ordered = new EventSink();
      tasks.clear();
      Registration all = reader.subscribe(Interest.inKind("k"), ordered);
      EventSink some = new EventSink();
      Registration few = reader.subscribe(Interest.inKind("k"), new InOrder(some), tasks::add);
      for (int step = 0; step < 200; step++) {
        String name = "r" + random.nextInt(12);
        if (random.nextInt(3) == 0) {
          writer.withdraw("k", name);
        } else {
          writer.publish(publication(name, random.nextInt(4)));
        }
        if (random.nextInt(4) == 0) {
          simulation.advance(Duration.ofMillis(random.nextInt(5)));
        }
        if (random.nextInt(10) == 0 && !tasks.isEmpty()) {
          tasks.remove().run();
        }
      }
      simulation.advance(SPREAD);
      while (!tasks.isEmpty()) {
        tasks.remove().run();
      }
      assertEquals(List.of(), some.violations, "seed " + seed);
      assertTrue(some.isComplete(), "seed " + seed);
      assertEquals(
          Set.copyOf(ordered.known.values()), Set.copyOf(some.known.values()), "seed " + seed);
      assertTrue(some.events.size() < ordered.events.size(), "nothing was coalesced, seed " + seed);
      all.close();
      few.close();
    }
  }

  /** Notes what is told of an owner out of the order of its writes. */
  private static final class InOrder implements Sink {
    private final EventSink to;
    private long last = -1;

    InOrder(EventSink to) {
      this.to = to;
    }

    private void check(RegistryRecord record) {
      if (to.isComplete() && record.seq() <= last) {
        to.violations.add("write " + record.seq() + " told after write " + last);
      }
      last = Math.max(last, record.seq());
    }

    @Override
    public void added(RegistryRecord record) {
      check(record);
      to.added(record);
    }

    @Override
    public void modified(RegistryRecord record, RegistryRecord before) {
      check(record);
      to.modified(record, before);
    }

    @Override
    public void removed(RegistryRecord record) {
      to.removed(record);
    }

    @Override
    public void complete(long epoch) {
      to.complete(epoch);
    }
  }
}
