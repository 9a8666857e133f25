package org.fluidosgi.shell.internal;

import org.fluidosgi.framework.VirtualBundle;
import org.osgi.framework.Bundle;

/** A row of {@code bundles}. */
public record BundleRow(
    String id, String node, String state, String name, String version, boolean local) {
  static BundleRow of(VirtualBundle bundle) {
    String name = bundle.getSymbolicName();
    return new BundleRow(
        bundle.id().toString(),
        NodeRow.label(bundle.node()),
        state(bundle.getState()),
        name == null ? bundle.getLocation() : name,
        bundle.getVersion().toString(),
        bundle.node().local());
  }

  static String state(int state) {
    return switch (state) {
      case Bundle.UNINSTALLED -> "uninstalled";
      case Bundle.INSTALLED -> "installed";
      case Bundle.RESOLVED -> "resolved";
      case Bundle.STARTING -> "starting";
      case Bundle.STOPPING -> "stopping";
      case Bundle.ACTIVE -> "active";
      default -> Integer.toString(state);
    };
  }
}
