package org.fluidosgi.shell.internal;

import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.fluidosgi.channel.Registration;
import org.fluidosgi.registry.Membership;
import org.fluidosgi.registry.View;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.util.tracker.ServiceTracker;
import org.osgi.util.tracker.ServiceTrackerCustomizer;

/** The group's view in force and since when this node has it.
 * Threads: any. */
final class ViewClock implements ServiceTrackerCustomizer<Membership, Registration> {
  private final BundleContext context;
  private final LongSupplier nanos;
  private final ServiceTracker<Membership, Registration> tracker;
  private volatile @Nullable Seen seen;

  ViewClock(BundleContext context, LongSupplier nanos) {
    this.context = context;
    this.nanos = nanos;
    this.tracker = new ServiceTracker<>(context, Membership.class, this);
  }

  void open() {
    tracker.open();
  }

  void close() {
    tracker.close();
  }

  @Override
  public @Nullable Registration addingService(ServiceReference<Membership> reference) {
    Membership membership = context.getService(reference);
    return membership == null ? null : membership.listen(this::onView);
  }

  @Override
  public void modifiedService(ServiceReference<Membership> reference, Registration listening) {}

  @Override
  public void removedService(ServiceReference<Membership> reference, Registration listening) {
    listening.close();
    seen = null;
    context.ungetService(reference);
  }

  private void onView(View view) {
    seen = new Seen(view.epoch(), nanos.getAsLong());
  }

  /** The end of a footer: {@code view 17, 0.4 s old}. */
  @Override
  public String toString() {
    Seen now = seen;
    return now == null
        ? "view -"
        : String.format(Locale.ROOT, "view %d, %.1f s old", now.epoch, age(now));
  }

  /** The view in force; null until there is one. */
  @Nullable
  Long epoch() {
    Seen now = seen;
    return now == null ? null : now.epoch;
  }

  /** Its age in tenths of a second; null until there is one. */
  @Nullable
  Double seconds() {
    Seen now = seen;
    return now == null ? null : Math.round(age(now) * 10) / 10.0;
  }

  private double age(Seen view) {
    return (nanos.getAsLong() - view.nanos) / (double) TimeUnit.SECONDS.toNanos(1);
  }

  /** A view and when it came. */
  private record Seen(long epoch, long nanos) {}
}
