package org.fluidosgi.simulation.engine;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.registry.View;
import org.fluidosgi.registry.spi.ClusterEngine.Handler;
import org.jspecify.annotations.Nullable;

/** Hands views, messages and requests to the handler as the real engine's delivery thread does: nothing from a node outside
 * the last delivered view, of two lives of a node the later one, and a life that was replaced is shown gone first.
 * Threads: the engine's. */
final class Delivery {
  /** Views after which a request of a node that is still no member is refused. */
  private static final int EARLY_VIEWS_MAX = 4;

  private record Early(Member from, int views, long number, byte[] message) {}

  private static final int HOLD_BACK_ONE_OF = 20;
  private static final long HOLD_BACK_NANOS_MAX = 4_000_000_000L;

  private final SimulatedEngine engine;
  private final Deque<Early> early = new ArrayDeque<>();
  private Map<NodeId, Member> members = Map.of();
  private Set<Member> suspects = Set.of();
  private Set<NodeId> suspectsTold = Set.of();
  private final Map<Member, Long> heldBack = new HashMap<>();
  private long epoch;
  private int drops;

  Delivery(SimulatedEngine engine) {
    this.engine = engine;
  }

  boolean hasView() {
    return epoch > 0;
  }

  /** The life of that node that the last delivered view holds. */
  @Nullable
  Member member(NodeId node) {
    return members.get(node);
  }

  void overflow(int messages) {
    drops = messages;
  }

  void view(GroupView view) {
    Map<NodeId, Member> latest = new LinkedHashMap<>();
    for (Member each : view.members()) {
      Member other = latest.get(each.node());
      if (other == null || other.isBefore(each)) {
        latest.remove(each.node());
        latest.put(each.node(), each);
      }
    }
    Map<NodeId, Member> without = new LinkedHashMap<>(latest);
    without.values().removeIf(each -> {
      Member before = members.get(each.node());
      return before != null && !before.equals(each);
    });
    if (without.size() < latest.size() && !engine.group.loose()) {
      deliver(view, without);
    }
    deliver(view, latest);
  }

  private void deliver(GroupView view, Map<NodeId, Member> next) {
    Handler handler = engine.handler();
    if (handler == null) {
      return;
    }
    Map<NodeId, Member> before = members;
    Set<NodeId> merged = new HashSet<>();
    if (view.merge()) {
      merged.addAll(next.keySet());
      merged.removeAll(before.keySet());
    }
    epoch = Math.max(epoch + 1, view.id().counter());
    members = new LinkedHashMap<>(next);
    handler.onView(new View(epoch, new ArrayList<>(next.keySet()), merged));
    for (Member each : new TreeSet<>(before.values())) {
      boolean stays = engine.group.loose() && next.containsKey(each.node());
      if (!next.containsValue(each) && !stays) {
        engine.departed(each);
      }
    }
    tellSuspects();
    releaseEarly();
  }

  private void releaseEarly() {
    List<Early> waiting = new ArrayList<>(early);
    early.clear();
    for (Early each : waiting) {
      take(new Early(each.from(), each.views() + 1, each.number(), each.message()));
    }
  }

  void suspects(Set<Member> silent) {
    suspects = Set.copyOf(silent);
    tellSuspects();
  }

  private void tellSuspects() {
    Set<NodeId> now = new HashSet<>();
    for (Member each : suspects) {
      if (each.equals(members.get(each.node()))) {
        now.add(each.node());
      }
    }
    Handler handler = engine.handler();
    if (handler != null && !now.equals(suspectsTold)) {
      suspectsTold = now;
      handler.onSuspected(Set.copyOf(now));
    }
  }

  /** Loose engines keep a sender's messages back now and then, for so long that its next life may speak first. */
  void message(Member from, byte[] message) {
    long now = engine.group.world.now();
    if (engine.group.loose() && !from.equals(engine.member)) {
      long until = heldBack.getOrDefault(from, 0L);
      if (until <= now
          && engine.group.holdsBack()
          && engine.group.random.nextInt(HOLD_BACK_ONE_OF) == 0) {
        until = now + engine.group.random.nextLong(HOLD_BACK_NANOS_MAX);
        heldBack.put(from, until);
      }
      if (until > now) {
        engine.group.world.schedule(
            until - now, () -> engine.onThread(() -> deliverMessage(from, message)));
        return;
      }
    }
    deliverMessage(from, message);
  }

  private void deliverMessage(Member from, byte[] message) {
    Handler handler = engine.handler();
    Member known = members.get(from.node());
    if (handler == null || known == null || (!from.equals(known) && !engine.group.loose())) {
      return;
    }
    if (drops > 0 && !from.equals(engine.member)) {
      drops--;
      return;
    }
    handler.onMessage(from.node(), message);
  }

  void request(SimulatedEngine at, Member from, long number, byte[] message) {
    take(new Early(from, 0, number, message));
  }

  private void take(Early request) {
    Handler handler = engine.handler();
    if (handler == null) {
      return;
    }
    Member known = members.get(request.from().node());
    if (request.from().equals(known) || (known != null && engine.group.loose())) {
      Requests.answer(engine, handler, request.from(), request.number(), request.message());
    } else if (request.views() >= EARLY_VIEWS_MAX
        || (known != null && request.from().isBefore(known))) {
      Requests.reply(
          engine,
          request.from(),
          request.number(),
          null,
          new IllegalStateException("the caller is no member"));
    } else {
      early.add(request);
    }
  }
}
