package org.fluidosgi.simulation.engine;

import java.util.Comparator;
import org.fluidosgi.channel.NodeId;

/** One engine of one life of a node. Shape: of two of the same node, the one with the higher number is the later one. */
record Member(NodeId node, long instance) implements Comparable<Member> {
  private static final Comparator<Member> ORDER =
      Comparator.comparing(Member::node).thenComparingLong(Member::instance);

  boolean isBefore(Member other) {
    return node.equals(other.node) && instance < other.instance;
  }

  @Override
  public int compareTo(Member other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return "n" + node.uuid().getLeastSignificantBits() + "." + instance;
  }
}
