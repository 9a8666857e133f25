package org.fluidosgi.simulation.engine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Makes one group of several whose views differ: the least of the coordinators that hear of each other asks everybody,
 * and those that answer are the merged view. While a merge goes on, its members install no other views of their own.
 * Threads: the engine's. */
final class Merging {
  private static final long PATIENCE_NANOS = Duration.ofSeconds(1).toNanos();
  private static final long LOCK_NANOS = Duration.ofSeconds(3).toNanos();
  private static final Duration ASK_AGAIN = Duration.ofMillis(300);
  private static final int ASKS = 4;

  /** What a member answers. */
  private record Part(Member member, GroupView view, long sent) {}

  private final SimulatedEngine engine;
  private final Formation formation;
  private final TreeMap<Member, Long> differsSince = new TreeMap<>();
  private final TreeMap<Member, Part> parts = new TreeMap<>();
  private @Nullable Member leader;
  private long lockedUntil;
  private long round;

  Merging(SimulatedEngine engine, Formation formation) {
    this.engine = engine;
    this.formation = formation;
  }

  boolean locked() {
    return leader != null && formation.now() < lockedUntil;
  }

  void unlock() {
    leader = null;
    differsSince.clear();
  }

  /** Called on a coordinator, with what those outside its view said last. */
  void tick(GroupView view, Collection<Hello> strangers) {
    TreeSet<Member> differ = new TreeSet<>();
    Member least = engine.member;
    boolean patient = true;
    for (Hello hello : strangers) {
      GroupView theirs = hello.view();
      if (theirs != null) {
        differ.add(hello.from());
        long since = differsSince.computeIfAbsent(hello.from(), any -> formation.now());
        patient &= formation.now() - since < PATIENCE_NANOS;
        if (theirs.first().equals(hello.from()) && hello.from().compareTo(least) < 0) {
          least = hello.from();
        }
      }
    }
    differsSince.keySet().retainAll(differ);
    if (!differ.isEmpty() && !patient && least.equals(engine.member) && !locked()) {
      differ.addAll(formation.living(view));
      differ.remove(engine.member);
      lead(view, new ArrayList<>(differ));
    }
  }

  private void lead(GroupView view, List<Member> others) {
    engine.trace("merge", others);
    leader = engine.member;
    lockedUntil = formation.now() + LOCK_NANOS;
    parts.clear();
    parts.put(engine.member, new Part(engine.member, view, engine.multicasts().sent()));
    ask(++round, others, ASKS);
  }

  private void ask(long number, List<Member> others, int asks) {
    if (number != round || leader != engine.member) {
      return; // another view came in between
    }
    if (asks == 0) {
      finish();
      return;
    }
    for (Member each : others) {
      if (!parts.containsKey(each)) {
        engine.group.packet(
            engine, each.node(), at -> at.formation().merging().asked(engine, number));
      }
    }
    engine.thread.schedule(ASK_AGAIN, () -> ask(number, others, asks - 1));
  }

  /** A leader asks this member to take part. */
  private void asked(SimulatedEngine from, long number) {
    GroupView view = formation.view();
    if (view == null
        || !formation.heard(from.member)
        || (locked() && !from.member.equals(leader))) {
      return;
    }
    leader = from.member;
    lockedUntil = formation.now() + LOCK_NANOS;
    Part part = new Part(engine.member, view, engine.multicasts().sent());
    engine.group.packet(engine, from.self(), at -> at.formation().merging().answered(part, number));
  }

  private void answered(Part part, long number) {
    if (number == round && leader == engine.member && formation.heard(part.member())) {
      parts.put(part.member(), part);
    }
  }

  /** Larger groups first, of equal ones that with the lesser first member; within a group its own order. */
  private void finish() {
    leader = null;
    Map<GroupView.Id, GroupView> views = new TreeMap<>();
    Map<Member, Long> digest = new TreeMap<>();
    long counter = 0;
    for (Part part : parts.values()) {
      views.put(part.view().id(), part.view());
      digest.put(part.member(), part.sent());
      counter = Math.max(counter, part.view().id().counter());
    }
    if (views.size() < 2) {
      return;
    }
    List<GroupView> order = new ArrayList<>(views.values());
    order.sort(Comparator.<GroupView>comparingInt(each -> -each.members().size())
        .thenComparing(GroupView::first)
        .thenComparing(GroupView::id));
    List<Member> members = new ArrayList<>();
    for (GroupView each : order) {
      for (Member member : each.members()) {
        Part part = parts.get(member);
        if (part != null && part.view().id().equals(each.id()) && !members.contains(member)) {
          members.add(member);
        }
      }
    }
    formation.publish(
        new GroupView(new GroupView.Id(counter + 1, engine.member), members, true, digest));
  }
}
