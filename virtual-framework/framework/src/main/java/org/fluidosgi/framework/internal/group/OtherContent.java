package org.fluidosgi.framework.internal.group;

import java.util.List;
import java.util.Optional;
import org.fluidosgi.framework.VirtualBundle;
import org.osgi.framework.Bundle;

/** Finds bundles of other nodes that pass for the same as one and are not: one location, or one name and version, with different content. Each node's
 * framework takes its own, so this works; who looks at the group is misled, and who moves a bundle gets the other one's behaviour. */
final class OtherContent {
  private static final int HASH_CHARS = 12;

  private OtherContent() {}

  /** One line on the first of them; empty when there is none. */
  static Optional<String> of(VirtualBundle bundle, List<VirtualBundle> group) {
    return group.stream()
        .filter(other -> other.getBundleId() != bundle.getBundleId()
            && other.getState() != Bundle.UNINSTALLED
            && !other.sha256().equals(bundle.sha256())
            && (isNamesake(other, bundle) || other.getLocation().equals(bundle.getLocation())))
        .findFirst()
        .map(
            other -> titled(bundle) + " and " + titled(other) + " on "
                + other.node().name()
                + " have the same " + (isNamesake(other, bundle) ? "name and version" : "location")
                + " but different content: update one of them from the other's hash, sha256:<all 64 digits>, or give it another version");
  }

  private static boolean isNamesake(VirtualBundle one, VirtualBundle other) {
    return one.getSymbolicName() != null
        && one.getSymbolicName().equals(other.getSymbolicName())
        && one.getVersion().equals(other.getVersion());
  }

  private static String titled(VirtualBundle bundle) {
    return bundle.id() + " " + bundle.getSymbolicName() + "/" + bundle.getVersion() + " (sha256 "
        + bundle.sha256().substring(0, HASH_CHARS) + ")";
  }
}
