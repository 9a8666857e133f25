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
      "cluster-info",
      "topology",
      "framework",
      "shell");

  private StartOrder() {}

  /** Whether the bundle is one of ours: a node without it is none. */
  static boolean ours(Bundle bundle) {
    String name = bundle.getSymbolicName();
    return name != null && name.startsWith(OURS);
  }

  static List<Bundle> sort(List<Bundle> bundles) {
    return bundles.stream().sorted(Comparator.comparingInt(StartOrder::place)).toList();
  }

  private static int place(Bundle bundle) {
    if (!ours(bundle)) {
      return -1;
    }
    int place = HOUSE.indexOf(bundle.getSymbolicName().substring(OURS.length()));
    return place < 0 ? HOUSE.size() : place;
  }
}
