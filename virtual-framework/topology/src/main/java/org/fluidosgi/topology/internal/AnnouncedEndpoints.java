package org.fluidosgi.topology.internal;

import static java.lang.System.Logger.Level.WARNING;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.osgi.framework.Bundle;
import org.osgi.framework.ServiceFactory;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.remoteserviceadmin.EndpointDescription;
import org.osgi.service.remoteserviceadmin.EndpointEvent;
import org.osgi.service.remoteserviceadmin.EndpointEventListener;
import org.osgi.service.remoteserviceadmin.EndpointListener;

/** The endpoints of other frameworks as discovery bundles announce them. An endpoint is there until the last bundle that announced
 * it withdraws it or stops.
 * Shape: a bundle that announces an endpoint through the 1.1 interface is not listened to about it on the 1.0 one.
 * Threads: any; the monitor guards the map; changes are passed on outside it. Source: 122.6.3. */
final class AnnouncedEndpoints implements ServiceFactory<Object> {
  /** Most endpoints that are kept; further ones are refused with one WARNING. */
  static final int ENDPOINTS_MAX = 100_000;

  private static final System.Logger LOG = System.getLogger(WorkQueue.LOGGER);

  private final String scope;
  private final Consumer<String> changed;
  private final Map<String, LinkedHashMap<Bundle, Announced>> byId = new HashMap<>();
  private boolean complained;

  /** Shape: the scope in LDAP syntax; {@code changed} receives ids. */
  AnnouncedEndpoints(String scope, Consumer<String> changed) {
    this.scope = scope;
    this.changed = changed;
  }

  /** The endpoint as announced last. */
  synchronized Optional<EndpointDescription> get(String id) {
    Map<Bundle, Announced> sources = byId.get(id);
    return sources == null
        ? Optional.empty()
        : sources.values().stream().reduce((earlier, later) -> later).map(Announced::endpoint);
  }

  synchronized List<String> ids() {
    return List.copyOf(byId.keySet());
  }

  @Override
  public Object getService(Bundle bundle, ServiceRegistration<Object> registration) {
    return new Source(bundle);
  }

  @Override
  public void ungetService(
      Bundle bundle, ServiceRegistration<Object> registration, Object service) {
    List<String> withdrawn = new ArrayList<>();
    synchronized (this) {
      for (String id : new HashSet<>(byId.keySet())) {
        if (drop(bundle, id)) {
          withdrawn.add(id);
        }
      }
    }
    withdrawn.forEach(changed);
  }

  private void add(Bundle source, EndpointDescription endpoint, boolean current) {
    String id = endpoint.getId();
    synchronized (this) {
      LinkedHashMap<Bundle, Announced> sources = byId.get(id);
      if (sources == null) {
        if (byId.size() >= ENDPOINTS_MAX) {
          refuse(id);
          return;
        }
        sources = new LinkedHashMap<>();
        byId.put(id, sources);
      }
      Announced before = sources.get(source);
      if (!current && before != null && before.current()) {
        return;
      }
      sources.remove(source);
      sources.put(source, new Announced(endpoint, current));
    }
    changed.accept(id);
  }

  private void withdraw(Bundle source, EndpointDescription endpoint, boolean current) {
    String id = endpoint.getId();
    synchronized (this) {
      Map<Bundle, Announced> sources = byId.get(id);
      Announced before = sources == null ? null : sources.get(source);
      if (before == null || (before.current() && !current)) {
        return;
      }
      drop(source, id);
    }
    changed.accept(id);
  }

  private boolean drop(Bundle source, String id) {
    Map<Bundle, Announced> sources = byId.get(id);
    if (sources == null || sources.remove(source) == null) {
      return false;
    }
    if (sources.isEmpty()) {
      byId.remove(id);
    }
    return true;
  }

  private void refuse(String id) {
    if (!complained) {
      complained = true;
      LOG.log(
          WARNING,
          "topology: more than " + ENDPOINTS_MAX + " endpoints are announced, " + id
              + " and further ones are not imported; narrow " + Options.IMPORT_FILTER);
    }
  }

  /** An endpoint as one source announced it; current = through the 1.1 interface. */
  private record Announced(EndpointDescription endpoint, boolean current) {}

  /** What one bundle tells. */
  private final class Source implements EndpointEventListener, EndpointListener {
    private final Bundle bundle;

    Source(Bundle bundle) {
      this.bundle = bundle;
    }

    @Override
    public void endpointChanged(EndpointEvent event, String filter) {
      EndpointDescription endpoint = event.getEndpoint();
      switch (event.getType()) {
        case EndpointEvent.ADDED, EndpointEvent.MODIFIED -> {
          if (endpoint.matches(scope)) {
            add(bundle, endpoint, true);
          } else {
            withdraw(bundle, endpoint, true);
          }
        }
        case EndpointEvent.REMOVED, EndpointEvent.MODIFIED_ENDMATCH ->
          withdraw(bundle, endpoint, true);
        default -> LOG.log(WARNING, "topology: unknown endpoint event type " + event.getType());
      }
    }

    @Override
    public void endpointAdded(EndpointDescription endpoint, String filter) {
      if (endpoint.matches(scope)) {
        add(bundle, endpoint, false);
      }
    }

    @Override
    public void endpointRemoved(EndpointDescription endpoint, String filter) {
      withdraw(bundle, endpoint, false);
    }
  }
}
