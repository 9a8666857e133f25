package org.fluidosgi.topology.internal;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.service.remoteserviceadmin.RemoteServiceAdmin;
import org.osgi.util.tracker.ServiceTracker;
import org.osgi.util.tracker.ServiceTrackerCustomizer;

/** The Remote Service Admin services present, the best first.
 * Threads: any. */
final class RemoteAdmins
    implements ServiceTrackerCustomizer<RemoteServiceAdmin, RemoteServiceAdmin> {
  private final Map<ServiceReference<RemoteServiceAdmin>, RemoteServiceAdmin> present =
      new ConcurrentHashMap<>();
  private final BundleContext context;
  private final Runnable changed;
  private final ServiceTracker<RemoteServiceAdmin, RemoteServiceAdmin> tracker;

  RemoteAdmins(BundleContext context, Runnable changed) {
    this.context = context;
    this.changed = changed;
    this.tracker = new ServiceTracker<>(context, RemoteServiceAdmin.class, this);
  }

  void open() {
    tracker.open();
  }

  /** Lets go of all: what was exported and imported through them ends. */
  void close() {
    tracker.close();
  }

  List<Admin> all() {
    return present.entrySet().stream()
        .sorted(Map.Entry.comparingByKey(Comparator.reverseOrder()))
        .map(e -> new Admin(e.getKey(), e.getValue()))
        .toList();
  }

  Set<ServiceReference<RemoteServiceAdmin>> references() {
    return Set.copyOf(present.keySet());
  }

  @Override
  public RemoteServiceAdmin addingService(ServiceReference<RemoteServiceAdmin> reference) {
    RemoteServiceAdmin admin = context.getService(reference);
    if (admin != null) {
      present.put(reference, admin);
      changed.run();
    }
    return admin;
  }

  @Override
  public void modifiedService(
      ServiceReference<RemoteServiceAdmin> reference, RemoteServiceAdmin admin) {}

  @Override
  public void removedService(
      ServiceReference<RemoteServiceAdmin> reference, RemoteServiceAdmin admin) {
    present.remove(reference);
    changed.run();
    context.ungetService(reference);
  }

  /** One of them. */
  record Admin(ServiceReference<RemoteServiceAdmin> reference, RemoteServiceAdmin service) {}
}
