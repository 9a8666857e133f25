package org.fluidosgi.framework.internal.group;

import org.fluidosgi.framework.internal.core.BundleFacts;
import org.osgi.framework.Bundle;
import org.osgi.framework.startlevel.BundleStartLevel;

/** How a bundle of another node starts, to be read: shells and consoles list it for each bundle.
 * Shape: as its node told it with the bundle's last change of state. Threads: any. Errors: UnsupportedOperationException when it is to be set. */
record RemoteStartLevel(Bundle bundle, BundleFacts.Start start) implements BundleStartLevel {
  @Override
  public Bundle getBundle() {
    return bundle;
  }

  @Override
  public int getStartLevel() {
    return start.level();
  }

  @Override
  public void setStartLevel(int startLevel) {
    throw new UnsupportedOperationException(
        "start level " + startLevel + " of " + bundle + ": set it on the node that holds it");
  }

  @Override
  public boolean isPersistentlyStarted() {
    return start.persistent();
  }

  @Override
  public boolean isActivationPolicyUsed() {
    return start.byPolicy();
  }
}
