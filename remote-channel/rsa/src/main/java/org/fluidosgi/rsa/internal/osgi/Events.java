package org.fluidosgi.rsa.internal.osgi;

import java.lang.System.Logger.Level;
import java.util.Collections;
import java.util.Set;
import java.util.WeakHashMap;
import org.osgi.framework.BundleContext;
import org.osgi.service.remoteserviceadmin.RemoteServiceAdminEvent;
import org.osgi.service.remoteserviceadmin.RemoteServiceAdminListener;
import org.osgi.util.tracker.ServiceTracker;

/** Tells every listener and Event Admin of what happened, each exactly once, in the acting thread. A listener that fails does not
 * stop the rest. Threads: any. Source: Remote Service Admin 122.7. */
final class Events implements EventSink, AutoCloseable {
  private static final System.Logger LOG = System.getLogger("org.fluidosgi.rsa");

  private final ServiceTracker<RemoteServiceAdminListener, RemoteServiceAdminListener> listeners;
  private final EventSink eventAdmin;
  private final Set<Object> failed =
      Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

  Events(BundleContext context, EventSink eventAdmin) {
    this.listeners = new ServiceTracker<>(context, RemoteServiceAdminListener.class, null);
    this.eventAdmin = eventAdmin;
    listeners.open();
  }

  @Override
  public void accept(RemoteServiceAdminEvent event) {
    for (RemoteServiceAdminListener listener :
        listeners.getServices(new RemoteServiceAdminListener[0])) {
      if (listener == null) {
        break; // the tracker pads its array
      }
      try {
        listener.remoteAdminEvent(event);
      } catch (RuntimeException | LinkageError e) {
        if (failed.add(listener)) {
          LOG.log(
              Level.WARNING,
              "listener " + listener
                  + " failed; it is told on, its further failures are not logged",
              e);
        }
      }
    }
    eventAdmin.accept(event);
  }

  @Override
  public void close() {
    listeners.close();
  }
}
