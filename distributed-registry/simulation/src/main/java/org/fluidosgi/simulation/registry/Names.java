package org.fluidosgi.simulation.registry;

import java.util.Collection;
import java.util.stream.Collectors;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.registry.View;

/** Short names, the same in every run: a node is called after the number it was made with. */
final class Names {
  private Names() {}

  static String of(NodeId node) {
    return "n" + node.uuid().getLeastSignificantBits();
  }

  static String of(Collection<NodeId> nodes) {
    return nodes.stream().map(Names::of).collect(Collectors.joining(" ", "[", "]"));
  }

  /** Without the members that came with a merge: a set has no order that two runs share. */
  static String of(View view) {
    return view.epoch() + " " + of(view.members());
  }
}
