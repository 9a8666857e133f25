package org.fluidosgi.simulation.engine;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Multicasts in order of each sender, sent again until all members of the sender's view have delivered them.
 * What a member has not delivered when a merge begins, or when it or the sender is left out of a view, may be lost to it: so
 * it is with JGroups, whose merge starts each window at the sender's number. Threads: the engine's, but {@link #send}. */
final class Multicasts {
  /** Multicasts that wait for others to deliver them; beyond it sending fails. */
  static final int UNSTABLE_MAX = 2_000;

  /** Missing multicasts that are asked for at a time. */
  private static final int ASK_MAX = 64;

  /** What of one sender was delivered, and what came ahead of a missing one. */
  private static final class Window {
    long delivered;
    long known;
    final TreeMap<Long, byte[]> ahead = new TreeMap<>();

    Window(long delivered) {
      this.delivered = delivered;
      known = delivered;
    }
  }

  private final SimulatedEngine engine;
  private final TreeMap<Member, Window> windows = new TreeMap<>();
  private final Map<Member, Long> acknowledged = new HashMap<>();
  private final TreeMap<Long, byte[]> unstable = new TreeMap<>();
  private final TreeMap<Long, CompletableFuture<Void>> unsent = new TreeMap<>();
  private long tickets;
  private long sent;

  Multicasts(SimulatedEngine engine) {
    this.engine = engine;
  }

  long sent() {
    return sent;
  }

  /** Number of the last delivered multicast of each other member. */
  Map<Member, Long> delivered() {
    Map<Member, Long> delivered = new TreeMap<>();
    windows.forEach((member, window) -> delivered.put(member, window.delivered));
    return delivered;
  }

  CompletableFuture<Void> send(byte[] message) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    if (unstable.size() + unsent.size() >= UNSTABLE_MAX) {
      done.completeExceptionally(new IllegalStateException("too many multicasts wait to be sent"));
      return done;
    }
    long ticket = ++tickets;
    unsent.put(ticket, done);
    engine.onThread(() -> {
      unsent.remove(ticket);
      GroupView view = engine.view();
      if (view == null) {
        done.completeExceptionally(new IllegalStateException("no view yet"));
        return;
      }
      long number = ++sent;
      unstable.put(number, message);
      for (Member each : view.members()) {
        transmit(each, number, message);
      }
      engine.deliver(engine.member, message);
      done.complete(null);
      forgetStable();
    });
    return done;
  }

  void failAll() {
    IllegalStateException closed = new IllegalStateException("the engine was closed");
    unsent.values().forEach(each -> each.completeExceptionally(closed));
    unsent.clear();
  }

  private void transmit(Member to, long number, byte @Nullable [] message) {
    if (!to.equals(engine.member)) {
      Member from = engine.member;
      engine.group.packet(engine, to.node(), at -> at.multicasts().received(from, number, message));
    }
  }

  /** A multicast; without content when the sender has it no more. */
  private void received(Member from, long number, byte @Nullable [] message) {
    Window window = windows.get(from);
    if (window == null || number <= window.delivered) {
      return; // not of the view, or repeated
    }
    if (message == null) {
      window.delivered = number;
      window.ahead.headMap(number, true).clear();
    } else {
      window.ahead.put(number, message);
    }
    window.known = Math.max(window.known, number);
    for (byte[] next = window.ahead.remove(window.delivered + 1);
        next != null;
        next = window.ahead.remove(window.delivered + 1)) {
      window.delivered++;
      engine.deliver(from, next);
      if (windows.get(from) != window) {
        return;
      }
    }
    if (!window.ahead.isEmpty()) {
      ask(from, window);
    }
  }

  /** What a member of the same view has sent and delivered. */
  void told(Hello hello) {
    Window window = windows.get(hello.from());
    if (window != null) {
      window.known = Math.max(window.known, hello.sent());
    }
    acknowledged.merge(hello.from(), hello.delivered().getOrDefault(engine.member, 0L), Math::max);
    forgetStable();
  }

  void tick() {
    windows.forEach((from, window) -> {
      if (window.known > window.delivered) {
        ask(from, window);
      }
    });
  }

  private void ask(Member from, Window window) {
    long first = window.delivered + 1;
    long last = window.ahead.isEmpty() ? window.known : window.ahead.firstKey() - 1;
    long end = Math.min(last, first + ASK_MAX - 1);
    engine.group.packet(
        engine, from.node(), at -> at.multicasts().again(from, engine.member, first, end));
  }

  private void again(Member of, Member to, long first, long last) {
    if (!of.equals(engine.member)) {
      return;
    }
    for (long number = first; number <= Math.min(last, sent); number++) {
      transmit(to, number, unstable.get(number));
    }
  }

  private void forgetStable() {
    GroupView view = engine.view();
    if (view == null) {
      return;
    }
    long stable = sent;
    for (Member each : view.members()) {
      if (!each.equals(engine.member)) {
        stable = Math.min(stable, acknowledged.getOrDefault(each, 0L));
      }
    }
    unstable.headMap(stable, true).clear();
  }

  /** Whether late words of a replaced life may still be delivered. */
  private boolean speaksOn(Member gone, GroupView view) {
    return engine.group.loose() && view.members().stream().anyMatch(gone::isBefore);
  }

  void install(GroupView view) {
    windows.keySet().removeIf(each -> !view.contains(each) && !speaksOn(each, view));
    acknowledged.keySet().retainAll(view.members());
    for (Member each : view.members()) {
      if (!each.equals(engine.member)) {
        long begin = view.digest().getOrDefault(each, 0L);
        Window window = windows.get(each);
        if (window == null || (view.merge() && window.delivered < begin)) {
          windows.put(each, new Window(begin));
        }
      }
    }
    forgetStable();
  }
}
