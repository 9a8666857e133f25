package org.fluidosgi.simulation.engine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.fluidosgi.channel.NodeId;
import org.jspecify.annotations.Nullable;

/** Who is in the group: joining, heartbeats, suspicion, views by the first member that is not suspected.
 * Invariant: a view is installed only if it holds this member and its id is greater than the last one's. Threads: the engine's. */
final class Formation {
  /** Silence after which a member is expelled, as {@code fluid.jgroups.silence.millis} and the verification after it. */
  static final long SILENCE_NANOS = Duration.ofMillis(2_600).toNanos();

  private static final Duration DISCOVERY = Duration.ofMillis(300);
  private static final Duration JOIN_TIMEOUT = Duration.ofMillis(1_500);
  private static final int JOIN_TRIES = 3;

  private final SimulatedEngine engine;
  private final Member self;
  private final Multicasts multicasts;
  private final Merging merging;
  private final Map<NodeId, Member> newest = new HashMap<>();
  private final TreeMap<Member, Long> lastHeard = new TreeMap<>();
  private final TreeMap<Member, Hello> strangers = new TreeMap<>();
  private final TreeSet<Member> suspects = new TreeSet<>();
  private final TreeSet<Member> left = new TreeSet<>();
  private @Nullable GroupView view;

  Formation(SimulatedEngine engine, Multicasts multicasts) {
    this.engine = engine;
    this.multicasts = multicasts;
    self = engine.member;
    merging = new Merging(engine, this);
  }

  @Nullable
  GroupView view() {
    return view;
  }

  long now() {
    return engine.group.world.now();
  }

  // ---- joining and leaving

  void join() {
    sayHello();
    engine.thread.schedule(DISCOVERY, () -> ask(JOIN_TRIES));
  }

  private void ask(int tries) {
    if (view != null) {
      return;
    }
    GroupView largest = null;
    for (Hello hello : strangers.values()) {
      GroupView theirs = hello.view();
      if (theirs != null
          && (largest == null || theirs.members().size() > largest.members().size())) {
        largest = theirs;
      }
    }
    if (largest == null || tries == 0) {
      install(new GroupView(new GroupView.Id(1, self), List.of(self), false, Map.of()));
      return;
    }
    engine.group.packet(engine, largest.first().node(), at -> at.formation().asked(self));
    engine.thread.schedule(JOIN_TIMEOUT, () -> ask(tries - 1));
  }

  /** A member wants to join. */
  private void asked(Member joiner) {
    if (!heard(joiner)) {
      return;
    }
    GroupView now = view;
    if (now != null && now.contains(joiner)) {
      engine.group.packet(engine, joiner.node(), at -> at.formation().told(now));
    } else if (now != null && coordinates() && !merging.locked()) {
      change(joiner);
    }
  }

  void leave() {
    GroupView now = view;
    if (now != null) {
      for (Member each : now.members()) {
        engine.group.packet(engine, each.node(), at -> at.formation().left(self));
      }
    }
    view = null;
  }

  /** That member is gone for sure. */
  void left(Member gone) {
    if (!gone.equals(self) && left.add(gone)) {
      engine.trace("left", gone);
      strangers.remove(gone);
      excludeTheGone();
    }
  }

  // ---- heartbeats

  void tick() {
    sayHello();
    long before = now() - SILENCE_NANOS;
    strangers.keySet().removeIf(each -> lastHeard.getOrDefault(each, 0L) < before);
    GroupView now = view;
    if (now != null) {
      TreeSet<Member> silent = new TreeSet<>(now.members());
      silent.remove(self);
      silent.removeIf(each -> lastHeard.getOrDefault(each, 0L) >= before);
      if (!silent.equals(suspects)) {
        suspects.clear();
        suspects.addAll(silent);
        engine.suspected(silent);
      }
      excludeTheGone();
      if (coordinates()) {
        merging.tick(now, strangers.values());
      }
    }
  }

  private void sayHello() {
    Hello hello = new Hello(self, view, multicasts.sent(), multicasts.delivered());
    for (NodeId each : engine.group.addressesBut(self.node())) {
      engine.group.packet(engine, each, at -> at.formation().heard(hello, engine));
    }
  }

  private void heard(Hello hello, SimulatedEngine sender) {
    Member from = hello.from();
    if (!heard(from)) {
      return;
    }
    GroupView mine = view;
    GroupView theirs = hello.view();
    if (mine == null) {
      strangers.put(from, hello);
    } else if (theirs == null) {
      // It is joining: an answer lets it find us at once.
      Hello answer = new Hello(self, mine, multicasts.sent(), multicasts.delivered());
      engine.group.packet(engine, from.node(), at -> at.formation().heard(answer, engine));
    } else if (theirs.id().equals(mine.id())) {
      strangers.remove(from);
      multicasts.told(hello);
    } else {
      strangers.put(from, hello);
      boolean mayTell = self.equals(mine.id().creator()) || self.equals(mine.first());
      if (mine.contains(from) && theirs.id().compareTo(mine.id()) < 0 && mayTell) {
        engine.group.packet(engine, from.node(), at -> at.formation().told(mine));
      }
    }
  }

  /** Notes a sign of life. Returns false when it is of an engine that a later one has replaced. */
  boolean heard(Member from) {
    Member known = newest.get(from.node());
    if (from.node().equals(self.node())
        || (known != null && from.isBefore(known))
        || left.contains(from)) {
      return false;
    }
    newest.put(from.node(), from);
    lastHeard.put(from, now());
    if (known != null && known.isBefore(from)) {
      lastHeard.remove(known);
      strangers.remove(known);
      left(known);
    }
    return true;
  }

  // ---- views

  /** The first member that is neither gone nor suspected. */
  private boolean coordinates() {
    GroupView now = view;
    if (now != null) {
      for (Member each : now.members()) {
        if (!suspects.contains(each) && !left.contains(each)) {
          return each.equals(self);
        }
      }
    }
    return false;
  }

  /** Members of the view that this one takes for alive. */
  List<Member> living(GroupView of) {
    return of.members().stream()
        .filter(each -> !suspects.contains(each) && !left.contains(each))
        .toList();
  }

  private void excludeTheGone() {
    GroupView now = view;
    if (now != null
        && coordinates()
        && !merging.locked()
        && living(now).size() < now.members().size()) {
      change(null);
    }
  }

  /** Installs a view of the living, and of the joiner if there is one. */
  private void change(@Nullable Member joiner) {
    GroupView now = view;
    if (now == null) {
      return;
    }
    List<Member> members = new ArrayList<>(living(now));
    Map<Member, Long> digest = new TreeMap<>();
    if (joiner != null) {
      members.add(joiner);
      digest.putAll(multicasts.delivered());
      digest.put(self, multicasts.sent());
      digest.put(joiner, 0L);
    }
    publish(new GroupView(new GroupView.Id(now.id().counter() + 1, self), members, false, digest));
  }

  /** Installs the view here and tells it to its members. */
  void publish(GroupView next) {
    for (Member each : next.members()) {
      if (!each.equals(self)) {
        engine.group.packet(engine, each.node(), at -> at.formation().told(next));
      }
    }
    told(next);
  }

  private void told(GroupView next) {
    GroupView now = view;
    if (next.contains(self) && (now == null || next.id().compareTo(now.id()) > 0)) {
      install(next);
    }
  }

  private void install(GroupView next) {
    GroupView before = view;
    view = next;
    merging.unlock();
    for (Member each : next.members()) {
      strangers.remove(each);
      left.remove(each);
      if (before == null || !before.contains(each)) {
        lastHeard.put(each, now());
        newest.merge(each.node(), each, (a, b) -> a.isBefore(b) ? b : a);
      }
    }
    suspects.retainAll(next.members());
    engine.trace("view", next);
    engine.installed(next);
    engine.suspected(suspects);
  }

  Merging merging() {
    return merging;
  }
}
