package org.fluidosgi.framework.internal.context;

import org.fluidosgi.framework.internal.LocalControl;
import org.osgi.framework.Bundle;
import org.osgi.framework.startlevel.BundleStartLevel;

/** How a virtual bundle of this node starts: the level is its host bundle's; that it starts at all the host does not know, for it is asked to
 * start it only while the virtual framework runs. Threads: any. Errors: IllegalStateException once the bundle is uninstalled. */
record LocalStartLevel(Bundle bundle, BundleStartLevel host, LocalControl control)
    implements BundleStartLevel {
  @Override
  public Bundle getBundle() {
    return bundle;
  }

  @Override
  public int getStartLevel() {
    return host.getStartLevel();
  }

  @Override
  public void setStartLevel(int startLevel) {
    host.setStartLevel(startLevel);
  }

  @Override
  public boolean isPersistentlyStarted() {
    return host.isPersistentlyStarted() || control.isPersistentlyStarted();
  }

  @Override
  public boolean isActivationPolicyUsed() {
    return host.isActivationPolicyUsed() || control.isActivationPolicyUsed();
  }
}
