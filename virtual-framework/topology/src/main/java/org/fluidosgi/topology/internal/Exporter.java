package org.fluidosgi.topology.internal;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.WARNING;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.AllServiceListener;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceEvent;
import org.osgi.framework.ServiceReference;
import org.osgi.service.remoteserviceadmin.EndpointDescription;
import org.osgi.service.remoteserviceadmin.ExportReference;
import org.osgi.service.remoteserviceadmin.ExportRegistration;
import org.osgi.service.remoteserviceadmin.RemoteServiceAdmin;

/** Keeps exactly the services exported that the rules want exported, with every Remote Service Admin.
 * Threads: events arrive on any and only mark; the queue owns {@code exported}. Source: 122.6. */
final class Exporter implements AllServiceListener {
  private static final System.Logger LOG = System.getLogger(WorkQueue.LOGGER);

  private final BundleContext context;
  private final WorkQueue queue;
  private final RemoteAdmins admins;
  private final ExportRules rules;
  private final LocalEndpoints endpoints;
  private final Map<ServiceReference<?>, Exported> exported = new HashMap<>();
  private final Set<ServiceReference<?>> modified = ConcurrentHashMap.newKeySet();

  /** Services on their way out, which the framework may still list: none of them is exported again. Weak, since nobody says when
   * the last listener has been told. */
  private final Set<ServiceReference<?>> leaving =
      Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

  Exporter(
      BundleContext context,
      WorkQueue queue,
      RemoteAdmins admins,
      ExportRules rules,
      LocalEndpoints endpoints) {
    this.context = context;
    this.queue = queue;
    this.admins = admins;
    this.rules = rules;
    this.endpoints = endpoints;
  }

  @Override
  public void serviceChanged(ServiceEvent event) {
    ServiceReference<?> service = event.getServiceReference();
    if (event.getType() == ServiceEvent.UNREGISTERING) {
      leaving.add(service);
    } else if (event.getType() != ServiceEvent.REGISTERED) {
      modified.add(service);
    }
    queue.mark(service, () -> reconcile(service));
  }

  /** Looks at every service again, after a change of the rules or of the Remote Service Admins. */
  void reconcileAll() {
    Set<ServiceReference<?>> all = new LinkedHashSet<>(exported.keySet());
    all.addAll(List.of(allServices()));
    for (ServiceReference<?> service : all) {
      try {
        reconcile(service);
      } catch (RuntimeException | LinkageError e) {
        LOG.log(WARNING, "topology: " + service + " could not be looked at, others go on", e);
      }
    }
  }

  /** Withdraws endpoints whose registration somebody else closed. */
  void dropClosed() {
    for (Exported export : exported.values()) {
      for (List<Open> registrations : export.byAdmin.values()) {
        registrations.removeIf(open -> {
          boolean closed = endpointOf(open.registration) == null;
          if (closed) {
            endpoints.remove(open.endpoint.getId());
          }
          return closed;
        });
      }
    }
  }

  /** Ends every export. */
  void close() {
    exported.values().forEach(this::end);
    exported.clear();
  }

  private void reconcile(ServiceReference<?> service) {
    boolean changed = modified.remove(service);
    Optional<Map<String, Object>> wanted = leaving.contains(service) || service.getBundle() == null
        ? Optional.empty()
        : rules.exportProperties(service);
    Exported now = exported.get(service);
    if (wanted.isEmpty()) {
      if (now != null) {
        exported.remove(service);
        end(now);
      }
      return;
    }
    Map<String, Object> properties = wanted.get();
    List<List<String>> shape = ExportRules.shape(service, properties);
    if (now == null || !now.shape.equals(shape)) {
      if (now != null) {
        end(now);
      }
      now = new Exported(service, shape, properties);
      exported.put(service, now);
    }
    changed |= !PropertyMaps.same(now.properties, properties);
    now.properties = properties;
    withAdmins(now, changed);
  }

  private void withAdmins(Exported export, boolean changed) {
    Set<ServiceReference<RemoteServiceAdmin>> present = admins.references();
    for (ServiceReference<RemoteServiceAdmin> known : List.copyOf(export.byAdmin.keySet())) {
      if (!present.contains(known)) {
        end(export.byAdmin.remove(known));
      }
    }
    for (RemoteAdmins.Admin admin : admins.all()) {
      List<Open> open = export.byAdmin.get(admin.reference());
      if (open == null || (open.isEmpty() && changed)) {
        export.byAdmin.put(admin.reference(), export(export, admin));
      } else if (changed && !update(export, open)) {
        end(open);
        export.byAdmin.put(admin.reference(), export(export, admin));
      }
    }
  }

  private List<Open> export(Exported export, RemoteAdmins.Admin admin) {
    List<Open> open = new ArrayList<>();
    Collection<ExportRegistration> registrations;
    try {
      registrations = admin.service().exportService(export.service, export.properties);
    } catch (RuntimeException | LinkageError e) {
      complain(export, e);
      return open;
    }
    if (registrations == null || registrations.isEmpty()) {
      LOG.log(DEBUG, "topology: {0} has no way to export {1}", admin.reference(), export.service);
      return open;
    }
    for (ExportRegistration registration : registrations) {
      Throwable failure = registration.getException();
      EndpointDescription endpoint = failure == null ? endpointOf(registration) : null;
      if (endpoint == null) {
        complain(export, failure);
        registration.close();
      } else {
        open.add(new Open(registration, endpoint));
        endpoints.put(endpoint);
      }
    }
    return open;
  }

  /** Passes changed properties on; false when the export must be made anew. */
  private boolean update(Exported export, List<Open> registrations) {
    for (Open open : registrations) {
      EndpointDescription endpoint;
      try {
        endpoint = open.registration.update(export.properties);
      } catch (RuntimeException | LinkageError e) {
        complain(export, e);
        return false;
      }
      if (endpoint == null) {
        complain(export, open.registration.getException());
        return false;
      }
      if (!endpoint.getId().equals(open.endpoint.getId())) {
        endpoints.remove(open.endpoint.getId());
      }
      open.endpoint = endpoint;
      endpoints.put(endpoint);
    }
    return true;
  }

  private void end(Exported export) {
    export.byAdmin.values().forEach(this::end);
    export.byAdmin.clear();
  }

  private void end(@Nullable List<Open> registrations) {
    if (registrations == null) {
      return;
    }
    for (Open open : registrations) {
      // Told first: nobody should be sent to an endpoint that is about to close.
      endpoints.remove(open.endpoint.getId());
      try {
        open.registration.close();
      } catch (RuntimeException | LinkageError e) {
        LOG.log(WARNING, "topology: closing the export of " + open.endpoint.getId() + " failed", e);
      }
    }
  }

  private static void complain(Exported export, @Nullable Throwable cause) {
    if (!export.complained) {
      export.complained = true;
      LOG.log(
          WARNING,
          "topology: export of " + export.service + " failed, tried again when its properties or"
              + " the Remote Service Admins change: " + cause,
          cause);
    }
  }

  private static @Nullable EndpointDescription endpointOf(ExportRegistration registration) {
    try {
      ExportReference reference = registration.getExportReference();
      return reference == null ? null : reference.getExportedEndpoint();
    } catch (IllegalStateException invalid) {
      return null;
    }
  }

  private ServiceReference<?>[] allServices() {
    try {
      ServiceReference<?>[] all = context.getAllServiceReferences(null, null);
      return all == null ? new ServiceReference<?>[0] : all;
    } catch (InvalidSyntaxException e) {
      throw new AssertionError("no filter is a valid filter", e);
    }
  }

  /** A service that the rules want exported. */
  private static final class Exported {
    final ServiceReference<?> service;
    final List<List<String>> shape;
    final Map<ServiceReference<RemoteServiceAdmin>, List<Open>> byAdmin = new HashMap<>();
    Map<String, Object> properties;
    boolean complained;

    Exported(
        ServiceReference<?> service, List<List<String>> shape, Map<String, Object> properties) {
      this.service = service;
      this.shape = shape;
      this.properties = properties;
    }
  }

  /** An open registration and its endpoint as last announced. */
  private static final class Open {
    final ExportRegistration registration;
    EndpointDescription endpoint;

    Open(ExportRegistration registration, EndpointDescription endpoint) {
      this.registration = registration;
      this.endpoint = endpoint;
    }
  }
}
