package org.fluidosgi.framework.internal.context;

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
 * and service events are all passed. Threads: the host's. */
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

  static BundleListener bundle(BundleListener listener, HostView view) {
    return listener instanceof SynchronousBundleListener
        ? new SynchronousBundleView(listener, view)
        : new PlainBundleView(listener, view);
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

  private static class PlainBundleView implements BundleListener {
    private final BundleListener listener;
    private final HostView view;

    PlainBundleView(BundleListener listener, HostView view) {
      this.listener = listener;
      this.view = view;
    }

    @Override
    public void bundleChanged(BundleEvent event) {
      if (view.shows(event.getBundle())) {
        listener.bundleChanged(
            new BundleEvent(event.getType(), seen(event.getBundle()), origin(event)));
      }
    }

    private Bundle origin(BundleEvent event) {
      @Nullable Bundle origin = event.getOrigin();
      return seen(origin == null ? event.getBundle() : origin);
    }

    /** An uninstalled bundle has left the group's table by the time an asynchronous listener hears of it. */
    private Bundle seen(Bundle host) {
      Bundle bundle = view.bundle(host);
      LocalVirtualBundle last = bundle == host ? view.lastKnown(host) : null;
      return last == null ? bundle : last;
    }
  }

  private static final class SynchronousBundleView extends PlainBundleView
      implements SynchronousBundleListener {
    SynchronousBundleView(BundleListener listener, HostView view) {
      super(listener, view);
    }
  }
}
