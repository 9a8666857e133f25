package org.fluidosgi.framework.internal.group;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.util.tracker.ServiceTracker;

/** Follows the best service of a type: tells it when it appears, and null when it goes; never two at a time.
 * Threads: the consumer is called by the thread that changed the service, one call at a time. */
final class BestService<S> extends ServiceTracker<S, S> {
  private final Consumer<@Nullable S> user;
  private @Nullable S told;

  BestService(BundleContext context, Class<S> type, Consumer<@Nullable S> user) {
    super(context, type, null);
    this.user = user;
  }

  @Override
  public S addingService(ServiceReference<S> reference) {
    S service = super.addingService(reference);
    offer(service);
    return service;
  }

  private void offer(@Nullable S service) {
    synchronized (this) {
      if (service == null || told != null) {
        return;
      }
      told = service;
    }
    user.accept(service);
  }

  @Override
  public void removedService(ServiceReference<S> reference, S service) {
    boolean ours;
    synchronized (this) {
      ours = service.equals(told);
      if (ours) {
        told = null;
      }
    }
    if (ours) {
      user.accept(null);
    }
    super.removedService(reference, service);
    if (ours) {
      offerNext();
    }
  }

  /** The next one may go while it is offered: its removal, on another thread, found nothing to take back then. */
  private void offerNext() {
    S next = getService();
    offer(next);
    boolean stale;
    synchronized (this) {
      stale = next != null && next.equals(told) && !getTracked().containsValue(next);
      if (stale) {
        told = null;
      }
    }
    if (stale) {
      user.accept(null);
    }
  }
}
