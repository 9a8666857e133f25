package org.fluidosgi.discovery.internal;

import java.lang.System.Logger.Level;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import org.fluidosgi.channel.LocalNode;
import org.fluidosgi.registry.RegistryStore;
import org.osgi.framework.Bundle;
import org.osgi.framework.ServiceFactory;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.remoteserviceadmin.EndpointDescription;
import org.osgi.service.remoteserviceadmin.EndpointEvent;
import org.osgi.service.remoteserviceadmin.EndpointEventListener;

/** Publishes what topology managers of this framework tell: the service behind both listener interfaces, one object per calling
 * bundle, so that the endpoints of a bundle that stops are withdrawn (122.6.3, tracking providers).
 * Works on state, not on calls: what is told is noted, the node's task queue brings the store in line with it. So an endpoint told
 * twice is one record, and the 1.0 way of modifying (removed, added) is one modification.
 * State: {@code told} and {@code dirty} guarded by {@code this}; {@code published} is written by the task queue, and emptied by closing. */
final class LocalEndpoints implements ServiceFactory<Object> {
  /** Endpoints that one framework may publish; more are refused with a warning. */
  static final int ENDPOINTS_MAX = 100_000;

  private static final System.Logger LOG = System.getLogger("org.fluidosgi.discovery");

  private final LocalNode node;
  private final RegistryStore store;
  /** Endpoint id to who told it and what; the latest word is the last. */
  private final Map<String, Map<Source, EndpointDescription>> told = new HashMap<>();

  private final Set<String> dirty = new LinkedHashSet<>();
  private final Map<String, EndpointDescription> published = new ConcurrentHashMap<>();
  private volatile boolean closed;
  private boolean fullTold;

  LocalEndpoints(LocalNode node, RegistryStore store) {
    this.node = node;
    this.store = store;
  }

  @Override
  public Object getService(Bundle bundle, ServiceRegistration<Object> registration) {
    return new Source();
  }

  @Override
  public void ungetService(
      Bundle bundle, ServiceRegistration<Object> registration, Object service) {
    if (service instanceof Source source) {
      forget(source);
    }
  }

  /** Withdraws everything. */
  void close() {
    synchronized (this) {
      closed = true;
      told.clear();
      dirty.clear();
    }
    withdrawAll();
  }

  private void add(Source source, EndpointDescription endpoint) {
    synchronized (this) {
      if (closed) {
        return;
      }
      if (told.size() >= ENDPOINTS_MAX && !told.containsKey(endpoint.getId())) {
        if (!fullTold) {
          fullTold = true;
          LOG.log(
              Level.WARNING,
              "{0}: {1} endpoints are published, more are not; group services into fewer endpoints",
              node.info().name(),
              ENDPOINTS_MAX);
        }
        return;
      }
      Map<Source, EndpointDescription> sources =
          told.computeIfAbsent(endpoint.getId(), any -> new LinkedHashMap<>());
      sources.remove(source);
      sources.put(source, endpoint);
      dirty.add(endpoint.getId());
    }
    node.env().execute(this::reconcile);
  }

  private void remove(Source source, String id) {
    synchronized (this) {
      Map<Source, EndpointDescription> sources = told.get(id);
      if (closed || sources == null || sources.remove(source) == null) {
        return;
      }
      if (sources.isEmpty()) {
        told.remove(id);
      }
      dirty.add(id);
    }
    node.env().execute(this::reconcile);
  }

  private void forget(Source source) {
    List<String> ids;
    synchronized (this) {
      ids = told.entrySet().stream()
          .filter(entry -> entry.getValue().containsKey(source))
          .map(Map.Entry::getKey)
          .toList();
    }
    ids.forEach(id -> remove(source, id));
  }

  /** On the task queue. */
  private void reconcile() {
    Map<String, EndpointDescription> wanted = new HashMap<>();
    List<String> ids;
    synchronized (this) {
      if (closed) {
        return;
      }
      ids = List.copyOf(dirty);
      dirty.clear();
      for (String id : ids) {
        Map<Source, EndpointDescription> sources = told.get(id);
        if (sources != null) {
          sources.values().forEach(endpoint -> wanted.put(id, endpoint));
        }
      }
    }
    for (String id : ids) {
      EndpointDescription now = wanted.get(id);
      EndpointDescription before = published.get(id);
      if (now == null) {
        if (before != null) {
          published.remove(id);
          withdraw(id);
        }
      } else if (before == null || !EndpointRecords.same(before, now)) {
        published.put(id, now);
        publish(now, before == null);
      }
    }
    if (closed) {
      withdrawAll(); // closing came while we published
    }
  }

  private void withdrawAll() {
    for (String id : Set.copyOf(published.keySet())) {
      if (published.remove(id) != null) {
        withdraw(id);
      }
    }
  }

  private void publish(EndpointDescription endpoint, boolean first) {
    try {
      store
          .publish(EndpointRecords.publication(endpoint, node.info().name(), first))
          .whenComplete((done, failure) -> {
            if (failure != null) {
              warn("publish", endpoint.getId(), failure);
            }
          });
    } catch (RuntimeException e) {
      warn("publish", endpoint.getId(), e);
    }
  }

  private void withdraw(String id) {
    try {
      store.withdraw(EndpointRecords.KIND, id).whenComplete((done, failure) -> {
        if (failure != null) {
          warn("withdraw", id, failure);
        }
      });
    } catch (RuntimeException e) {
      warn("withdraw", id, e);
    }
  }

  private void warn(String what, String id, Throwable failure) {
    Throwable cause = failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
    LOG.log(
        Level.WARNING,
        "{0}: cannot {1} endpoint {2}: {3}",
        node.info().name(),
        what,
        id,
        cause.getMessage() == null ? cause.toString() : cause.getMessage());
  }

  /** What one bundle tells. A bundle that knows the 1.1 interface is not listened to on the 1.0 one (122.6.3). */
  @SuppressWarnings("deprecation")
  final class Source
      implements EndpointEventListener, org.osgi.service.remoteserviceadmin.EndpointListener {
    private volatile boolean tellsEvents;

    @Override
    public void endpointChanged(EndpointEvent event, String filter) {
      tellsEvents = true;
      switch (event.getType()) {
        case EndpointEvent.ADDED, EndpointEvent.MODIFIED -> add(this, event.getEndpoint());
        case EndpointEvent.REMOVED, EndpointEvent.MODIFIED_ENDMATCH ->
          remove(this, event.getEndpoint().getId());
        default ->
          LOG.log(
              Level.DEBUG,
              "{0}: endpoint event type {1} is unknown",
              node.info().name(),
              event.getType());
      }
    }

    @Override
    public void endpointAdded(EndpointDescription endpoint, String matchedFilter) {
      if (!tellsEvents) {
        add(this, endpoint);
      }
    }

    @Override
    public void endpointRemoved(EndpointDescription endpoint, String matchedFilter) {
      if (!tellsEvents) {
        remove(this, endpoint.getId());
      }
    }
  }
}
