package org.fluidosgi.rsa.internal.osgi;

import java.lang.System.Logger.Level;
import java.util.concurrent.atomic.AtomicBoolean;
import org.fluidosgi.rsa.internal.event.EventPoster;
import org.osgi.framework.BundleContext;
import org.osgi.service.remoteserviceadmin.RemoteServiceAdminEvent;
import org.osgi.util.tracker.ServiceTracker;

/** Posts to Event Admin as long as there is one; its classes are touched only then. Threads: any. */
final class EventAdminBridge implements EventSink, AutoCloseable {
  private static final System.Logger LOG = System.getLogger("org.fluidosgi.rsa");

  private final ServiceTracker<Object, Object> eventAdmin;
  private final AtomicBoolean warned = new AtomicBoolean();

  EventAdminBridge(BundleContext context) {
    eventAdmin = new ServiceTracker<>(context, "org.osgi.service.event.EventAdmin", null);
    eventAdmin.open();
  }

  @Override
  public void accept(RemoteServiceAdminEvent event) {
    Object service = eventAdmin.getService();
    if (service == null) {
      return;
    }
    try {
      EventPoster.post(service, event);
    } catch (RuntimeException | LinkageError e) {
      if (warned.compareAndSet(false, true)) {
        LOG.log(
            Level.WARNING,
            "no events are posted: Event Admin was installed after us or failed; refresh our bundle",
            e);
      }
    }
  }

  @Override
  public void close() {
    eventAdmin.close();
  }
}
