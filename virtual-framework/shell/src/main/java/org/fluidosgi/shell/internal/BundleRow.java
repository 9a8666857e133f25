package org.fluidosgi.shell.internal;

import org.fluidosgi.framework.VirtualBundle;
import org.osgi.framework.Bundle;

/** A row of {@code bundles}; its state is named as the framework names it. */
public record BundleRow(
    String id, String node, String state, String name, String version, boolean local) {
  /** The row of that bundle. */
  public static BundleRow of(VirtualBundle bundle) {
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
      case Bundle.UNINSTALLED -> "UNINSTALLED";
      case Bundle.INSTALLED -> "INSTALLED";
      case Bundle.RESOLVED -> "RESOLVED";
      case Bundle.STARTING -> "STARTING";
      case Bundle.STOPPING -> "STOPPING";
      case Bundle.ACTIVE -> "ACTIVE";
      default -> Integer.toString(state);
    };
  }
}
