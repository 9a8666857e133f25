package org.fluidosgi.framework.internal.group;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.fluidosgi.channel.Registration;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.FrameworkListener;
import org.osgi.framework.startlevel.BundleStartLevel;
import org.osgi.framework.startlevel.FrameworkStartLevel;

/** Knows whether the host's start level lets a bundle start, and tells of those that it did not let when the level has changed: a host
 * that starts reaches its levels one after the other while the node may have joined already. Threads: any; tells on the host's. */
final class StartLevels implements Registration, FrameworkListener {
  private final BundleContext context;
  private final Consumer<LocalBundle> again;
  private final Set<LocalBundle> waiting = ConcurrentHashMap.newKeySet();

  /** Shape: {@code again} only queues. */
  StartLevels(BundleContext context, Consumer<LocalBundle> again) {
    this.context = context;
    this.again = again;
    context.addFrameworkListener(this);
  }

  /** Whether that bundle may start now; if not, it is told of later. */
  boolean reached(LocalBundle bundle) {
    waiting.add(bundle); // before the look: a change in between is not missed
    boolean reached = level(bundle.host()) <= level();
    if (reached) {
      waiting.remove(bundle);
    }
    return reached;
  }

  @Override
  public void frameworkEvent(FrameworkEvent event) {
    if (event.getType() == FrameworkEvent.STARTLEVEL_CHANGED) {
      for (LocalBundle bundle : waiting) {
        if (waiting.remove(bundle)) {
          again.accept(bundle);
        }
      }
    }
  }

  private int level() {
    Bundle system = context.getBundle(Constants.SYSTEM_BUNDLE_ID);
    FrameworkStartLevel now = system == null ? null : system.adapt(FrameworkStartLevel.class);
    return now == null ? Integer.MAX_VALUE : now.getStartLevel();
  }

  private static int level(Bundle host) {
    BundleStartLevel level =
        host.getState() == Bundle.UNINSTALLED ? null : host.adapt(BundleStartLevel.class);
    return level == null ? 0 : level.getStartLevel();
  }

  @Override
  public void close() {
    context.removeFrameworkListener(this);
    waiting.clear();
  }
}
