package org.fluidosgi.framework.internal.context;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.fluidosgi.framework.internal.HostBundles;
import org.junit.jupiter.api.Test;
import org.osgi.framework.AllServiceListener;
import org.osgi.framework.BundleListener;
import org.osgi.framework.ServiceEvent;
import org.osgi.framework.ServiceListener;
import org.osgi.framework.SynchronousBundleListener;
import org.osgi.framework.UnfilteredServiceListener;

/** Marker interfaces decide how the host treats a listener, so a view has those of its listener. */
class ListenerViewsTest {
  private static final HostBundles NONE = (HostBundles) java.lang.reflect.Proxy.newProxyInstance(
      ListenerViewsTest.class.getClassLoader(),
      new Class<?>[] {HostBundles.class},
      (proxy, method, arguments) -> null);

  private final HostView view = new HostView(NONE);

  private interface Both extends AllServiceListener, UnfilteredServiceListener {}

  private void assertMarkers(ServiceListener listener) {
    ServiceListener front = ListenerViews.service(listener, view);
    assertEquals(listener instanceof AllServiceListener, front instanceof AllServiceListener);
    assertEquals(
        listener instanceof UnfilteredServiceListener, front instanceof UnfilteredServiceListener);
  }

  @Test
  void serviceListenersKeepTheirMarkers() {
    ServiceListener plain = (ServiceEvent event) -> {};
    AllServiceListener all = event -> {};
    UnfilteredServiceListener unfiltered = event -> {};
    Both both = event -> {};
    assertMarkers(plain);
    assertMarkers(all);
    assertMarkers(unfiltered);
    assertMarkers(both);
  }

  @Test
  void bundleListenersKeepTheirs() {
    BundleListener plain = event -> {};
    SynchronousBundleListener synchronous = event -> {};
    assertEquals(
        false,
        ListenerViews.bundle(plain, view, hears -> true) instanceof SynchronousBundleListener);
    assertEquals(
        true,
        ListenerViews.bundle(synchronous, view, hears -> true)
            instanceof SynchronousBundleListener);
  }
}
