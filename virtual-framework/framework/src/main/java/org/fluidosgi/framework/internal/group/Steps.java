package org.fluidosgi.framework.internal.group;

import java.lang.System.Logger.Level;
import org.fluidosgi.channel.Registration;
import org.fluidosgi.framework.internal.core.Change;
import org.fluidosgi.framework.spi.StepListener;
import org.osgi.framework.BundleContext;
import org.osgi.util.tracker.ServiceTracker;

/** Tells the step listeners that there are. Threads: any; they are called by the caller's. */
final class Steps implements Registration {
  private static final System.Logger LOG = System.getLogger("org.fluidosgi.framework");
  private final ServiceTracker<StepListener, StepListener> listeners;

  Steps(BundleContext context) {
    listeners = new ServiceTracker<>(context, StepListener.class, null);
    listeners.open();
  }

  void at(Change.Kind kind, String step, String location) {
    String name = kind.word() + "." + step;
    LOG.log(Level.TRACE, "{0} {1}", name, location);
    for (StepListener each : listeners.getServices(new StepListener[0])) {
      try {
        each.onStep(name, location);
      } catch (RuntimeException e) {
        LOG.log(Level.WARNING, "a step listener failed at " + name, e);
      }
    }
  }

  @Override
  public void close() {
    listeners.close();
  }
}
