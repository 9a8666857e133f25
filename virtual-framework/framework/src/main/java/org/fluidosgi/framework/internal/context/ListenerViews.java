package org.fluidosgi.framework.internal.context;

import java.util.function.Predicate;
import org.fluidosgi.framework.internal.HostBundles;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.AllServiceListener;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.BundleListener;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.FrameworkListener;
import org.osgi.framework.ServiceEvent;
import org.osgi.framework.ServiceListener;
import org.osgi.framework.SynchronousBundleListener;
import org.osgi.framework.UnfilteredServiceListener;

/** Listeners in front of a virtual bundle's listeners: the host's events, told with virtual bundles and references.
 * Shape: marker interfaces are kept. Bundle events of ordinary host bundles are left out, as {@code getBundles} leaves them out; framework
 * and service events are all passed. Threads: the host's; for bundle listeners that are not synchronous {@link HostBundles#tellInOrder}. */
final class ListenerViews {
  private ListenerViews() {}

  static ServiceListener service(ServiceListener listener, HostView view) {
    boolean all = listener instanceof AllServiceListener;
    boolean unfiltered = listener instanceof UnfilteredServiceListener;
    if (all && unfiltered) {
      return new AllUnfilteredView(listener, view);
    }
    if (all) {
      return new AllView(listener, view);
    }
    return unfiltered ? new UnfilteredView(listener, view) : new ServiceView(listener, view);
  }

  /** {@code hears} tells whether that listener is still to be told. */
  static BundleListener bundle(
      BundleListener listener, HostView view, Predicate<BundleListener> hears) {
    return listener instanceof SynchronousBundleListener
        ? new SynchronousBundleView(listener, view)
        : new PlainBundleView(listener, view, hears);
  }

  static FrameworkListener framework(FrameworkListener listener, HostView view) {
    return event -> {
      Bundle bundle = event.getBundle();
      listener.frameworkEvent(
          bundle == null
              ? event
              : new FrameworkEvent(event.getType(), view.bundle(bundle), event.getThrowable()));
    };
  }

  private static class ServiceView implements ServiceListener {
    private final ServiceListener listener;
    private final HostView view;

    ServiceView(ServiceListener listener, HostView view) {
      this.listener = listener;
      this.view = view;
    }

    @Override
    public void serviceChanged(ServiceEvent event) {
      listener.serviceChanged(
          new ServiceEvent(event.getType(), view.reference(event.getServiceReference())));
    }
  }

  private static final class AllView extends ServiceView implements AllServiceListener {
    AllView(ServiceListener listener, HostView view) {
      super(listener, view);
    }
  }

  private static final class UnfilteredView extends ServiceView
      implements UnfilteredServiceListener {
    UnfilteredView(ServiceListener listener, HostView view) {
      super(listener, view);
    }
  }

  private static final class AllUnfilteredView extends ServiceView
      implements AllServiceListener, UnfilteredServiceListener {
    AllUnfilteredView(ServiceListener listener, HostView view) {
      super(listener, view);
    }
  }

  /** Its events go to the one thread that tells of all bundles of the group, so that their order is one. */
  private static final class PlainBundleView implements BundleListener {
    private final BundleListener listener;
    private final HostView view;
    private final Predicate<BundleListener> hears;

    PlainBundleView(BundleListener listener, HostView view, Predicate<BundleListener> hears) {
      this.listener = listener;
      this.view = view;
      this.hears = hears;
    }

    @Override
    public void bundleChanged(BundleEvent event) {
      BundleEvent seen = seen(event, view);
      if (seen != null) {
        view.bundles().tellInOrder(() -> {
          if (hears.test(listener)) {
            listener.bundleChanged(seen);
          }
        });
      }
    }
  }

  private static final class SynchronousBundleView implements SynchronousBundleListener {
    private final BundleListener listener;
    private final HostView view;

    SynchronousBundleView(BundleListener listener, HostView view) {
      this.listener = listener;
      this.view = view;
    }

    @Override
    public void bundleChanged(BundleEvent event) {
      BundleEvent seen = seen(event, view);
      if (seen != null) {
        listener.bundleChanged(seen);
      }
    }
  }

  /** The host's event for virtual bundles; null when it is not for them. Of an installation they hear when the group knows the bundle. */
  private static @Nullable BundleEvent seen(BundleEvent event, HostView view) {
    Bundle host = event.getBundle();
    if (event.getType() == BundleEvent.INSTALLED || !view.shows(host)) {
      return null;
    }
    @Nullable Bundle origin = event.getOrigin();
    return new BundleEvent(
        event.getType(), seen(host, view), seen(origin == null ? host : origin, view));
  }

  /** An uninstalled bundle has left the group's table by the time an asynchronous listener hears of it. */
  private static Bundle seen(Bundle host, HostView view) {
    Bundle bundle = view.bundle(host);
    LocalVirtualBundle last = bundle == host ? view.lastKnown(host) : null;
    return last == null ? bundle : last;
  }
}
