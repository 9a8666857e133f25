package org.fluidosgi.launcher.internal.host;

import java.util.Comparator;
import java.util.List;
import org.osgi.framework.Bundle;

/** Order in which a node's bundles start: libraries first, then ours from the bottom of the house upward.
 * The bundles do not depend on it; it saves waiting and keeps the log readable. */
final class StartOrder {
  private static final String OURS = "org.fluidosgi.";
  private static final List<String> HOUSE = List.of(
      "channel",
      "rsa",
      "registry",
      "jgroups",
      "group-store",
      "discovery",
      "topology",
      "framework",
      "shell");

  private StartOrder() {}

  static List<Bundle> sort(List<Bundle> bundles) {
    return bundles.stream().sorted(Comparator.comparingInt(StartOrder::place)).toList();
  }

  private static int place(Bundle bundle) {
    String name = bundle.getSymbolicName();
    if (name == null || !name.startsWith(OURS)) {
      return -1;
    }
    int place = HOUSE.indexOf(name.substring(OURS.length()));
    return place < 0 ? HOUSE.size() : place;
  }
}
