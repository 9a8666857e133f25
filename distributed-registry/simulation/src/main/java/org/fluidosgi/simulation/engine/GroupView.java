package org.fluidosgi.simulation.engine;

import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** A view as the engines agree on it. Shape: {@code digest} holds the number of the last multicast that a member which is
 * new to the receiver had sent; a later view has a greater id. */
record GroupView(Id id, List<Member> members, boolean merge, Map<Member, Long> digest) {
  record Id(long counter, Member creator) implements Comparable<Id> {
    private static final Comparator<Id> ORDER =
        Comparator.comparingLong(Id::counter).thenComparing(Id::creator);

    @Override
    public int compareTo(Id other) {
      return ORDER.compare(this, other);
    }
  }

  GroupView {
    members = List.copyOf(members);
  }

  boolean contains(Member member) {
    return members.contains(member);
  }

  Member first() {
    return members.get(0);
  }

  @Override
  public String toString() {
    return id.counter() + "@" + id.creator() + (merge ? " merge " : " ") + members;
  }
}
