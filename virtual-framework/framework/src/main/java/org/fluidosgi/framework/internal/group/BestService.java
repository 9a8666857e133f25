package org.fluidosgi.framework.internal.group;

import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.util.tracker.ServiceTracker;

/** Follows the best service of a type: tells it when it appears, and null when it goes; never two at a time.
 * State: guarded by {@code this}. Threads: the consumer is called without a lock by a thread that changed a service, one call
 * at a time; a change that comes during a call is told by the thread of that call. */
final class BestService<S> extends ServiceTracker<S, S> {
  private final Consumer<@Nullable S> user;
  private final Map<ServiceReference<S>, S> present = new HashMap<>();
  private @Nullable ServiceReference<S> told;
  private boolean telling;

  BestService(BundleContext context, Class<S> type, Consumer<@Nullable S> user) {
    super(context, type, null);
    this.user = user;
  }

  @Override
  public S addingService(ServiceReference<S> reference) {
    S service = super.addingService(reference);
    if (service != null) {
      synchronized (this) {
        present.put(reference, service);
      }
      tell();
    }
    return service;
  }

  @Override
  public void removedService(ServiceReference<S> reference, S service) {
    synchronized (this) {
      present.remove(reference);
    }
    tell();
    super.removedService(reference, service);
  }

  /** Tells until what was told is there, or nothing is. */
  private void tell() {
    while (true) {
      S next;
      synchronized (this) {
        if (telling || (told != null && present.containsKey(told))) {
          return;
        }
        ServiceReference<S> best = told != null
            ? null
            : present.keySet().stream().max(Comparator.naturalOrder()).orElse(null);
        if (best == null && told == null) {
          return;
        }
        told = best;
        next = best == null ? null : present.get(best);
        telling = true;
      }
      try {
        user.accept(next);
      } finally {
        synchronized (this) {
          telling = false;
        }
      }
    }
  }
}
