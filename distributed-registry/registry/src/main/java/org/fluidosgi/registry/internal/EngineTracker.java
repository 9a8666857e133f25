package org.fluidosgi.registry.internal;

import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import org.fluidosgi.registry.spi.ClusterEngine;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.util.tracker.ServiceTracker;

/** Follows the engines on the whiteboard and wants the one of the highest ranking. Threads: any; the map's monitor.
 * A service that is a factory gives a fresh engine when it is released and taken again; another one has no second try. */
final class EngineTracker extends ServiceTracker<ClusterEngine, ClusterEngine> {
  private final EngineSwitch engines;
  private final Map<ServiceReference<ClusterEngine>, ClusterEngine> present = new HashMap<>();

  EngineTracker(BundleContext context, EngineSwitch engines) {
    super(context, ClusterEngine.class, null);
    this.engines = engines;
  }

  @Override
  public @Nullable ClusterEngine addingService(ServiceReference<ClusterEngine> reference) {
    ClusterEngine engine = super.addingService(reference);
    if (engine != null) {
      synchronized (present) {
        present.put(reference, engine);
        engines.want(best());
      }
    }
    return engine;
  }

  @Override
  public void modifiedService(ServiceReference<ClusterEngine> reference, ClusterEngine engine) {
    synchronized (present) {
      engines.want(best());
    }
  }

  @Override
  public void removedService(ServiceReference<ClusterEngine> reference, ClusterEngine engine) {
    synchronized (present) {
      present.remove(reference);
      engines.want(best()); // only enqueues
    }
    super.removedService(reference, engine);
  }

  /** A fresh engine of the service that gave this one, null when there is none. */
  @Nullable
  ClusterEngine renewed(ClusterEngine failed) {
    ServiceReference<ClusterEngine> reference = referenceOf(failed);
    if (reference == null) {
      return null;
    }
    context.ungetService(reference);
    ClusterEngine fresh = context.getService(reference);
    synchronized (present) {
      if (present.get(reference) == failed && fresh != null) {
        present.put(reference, fresh);
        return fresh == failed || fresh != best() ? null : fresh;
      }
    }
    return null; // it goes; that releases it
  }

  private @Nullable ServiceReference<ClusterEngine> referenceOf(ClusterEngine engine) {
    synchronized (present) {
      return present.entrySet().stream()
          .filter(entry -> entry.getValue() == engine)
          .map(Map.Entry::getKey)
          .findFirst()
          .orElse(null);
    }
  }

  private @Nullable ClusterEngine best() {
    return present.keySet().stream()
        .max(Comparator.naturalOrder())
        .map(present::get)
        .orElse(null);
  }
}
