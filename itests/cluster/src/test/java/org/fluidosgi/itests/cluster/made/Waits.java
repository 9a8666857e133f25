package org.fluidosgi.itests.cluster.made;

import java.util.Hashtable;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.fluidosgi.itests.cluster.made.api.Thing;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceListener;

/** Its activator does not return before there is the thing that its manifest names as {@code Made-Waits}; brings {@code Made-Brings}. */
public final class Waits implements BundleActivator {
  @Override
  public void start(BundleContext context) throws Exception {
    String waits = context.getBundle().getHeaders("").get("Made-Waits");
    if (waits != null) {
      String filter = "(thing=" + waits + ")";
      CountDownLatch there = new CountDownLatch(1);
      ServiceListener listener = event -> there.countDown();
      context.addServiceListener(listener, filter);
      if (context.getServiceReferences(Thing.class, filter).isEmpty()) {
        there.await();
      }
      context.removeServiceListener(listener);
    }
    String brings = context.getBundle().getHeaders("").get("Made-Brings");
    if (brings != null) {
      context.registerService(Thing.class, () -> brings, new Hashtable<>(Map.of("thing", brings)));
    }
  }

  @Override
  public void stop(BundleContext context) {}
}
