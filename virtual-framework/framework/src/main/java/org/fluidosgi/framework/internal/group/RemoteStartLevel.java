package org.fluidosgi.framework.internal.group;

import org.osgi.framework.Bundle;
import org.osgi.framework.startlevel.BundleStartLevel;

/** The start level of a bundle of another node, to be read: shells and consoles list it for each bundle.
 * Shape: always {@value #INSTALLED_AT}, at which frameworks install bundles; a node does not tell what was set there since.
 * Threads: any. Errors: UnsupportedOperationException when it is to be set. */
record RemoteStartLevel(Bundle bundle) implements BundleStartLevel {
  private static final int INSTALLED_AT = 1;

  @Override
  public Bundle getBundle() {
    return bundle;
  }

  @Override
  public int getStartLevel() {
    return INSTALLED_AT;
  }

  @Override
  public void setStartLevel(int startLevel) {
    throw new UnsupportedOperationException(
        "start level " + startLevel + " of " + bundle + ": set it on the node that holds it");
  }

  /** What its state tells. */
  @Override
  public boolean isPersistentlyStarted() {
    return (bundle.getState() & (Bundle.STARTING | Bundle.ACTIVE)) != 0;
  }

  @Override
  public boolean isActivationPolicyUsed() {
    return false;
  }
}
