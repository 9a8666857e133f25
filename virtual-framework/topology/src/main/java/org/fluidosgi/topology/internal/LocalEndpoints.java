package org.fluidosgi.topology.internal;

import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.stream.Stream;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.Filter;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceEvent;
import org.osgi.framework.ServiceListener;
import org.osgi.framework.ServiceReference;
import org.osgi.service.remoteserviceadmin.EndpointDescription;
import org.osgi.service.remoteserviceadmin.EndpointEventListener;
import org.osgi.service.remoteserviceadmin.EndpointListener;

/** The endpoints that this topology manager made, told to every endpoint listener in whose scope they are.
 * Threads: events arrive on any and only mark; the queue owns the maps. Source: 122.6. */
final class LocalEndpoints implements ServiceListener {
  /** Property of our own listener; the bundle alone does not tell, since the all-in-one bundle holds other listeners too. */
  static final String OWN = "fluid.topology.own";

  private static final String LISTENERS =
      "(|(" + Constants.OBJECTCLASS + "=" + EndpointEventListener.class.getName() + ")("
          + Constants.OBJECTCLASS + "=" + EndpointListener.class.getName() + "))";

  private final BundleContext context;
  private final WorkQueue queue;
  private final Map<String, EndpointDescription> endpoints = new LinkedHashMap<>();
  private final Map<ServiceReference<?>, ToldListener> listeners = new HashMap<>();

  /** Listeners on their way out, which the framework may still list: none of them is taken in again. */
  private final Set<ServiceReference<?>> leaving =
      Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

  LocalEndpoints(BundleContext context, WorkQueue queue) {
    this.context = context;
    this.queue = queue;
  }

  void open() {
    try {
      context.addServiceListener(this, LISTENERS);
      ServiceReference<?>[] present = context.getServiceReferences((String) null, LISTENERS);
      if (present != null) {
        for (ServiceReference<?> listener : present) {
          mark(listener, false);
        }
      }
    } catch (InvalidSyntaxException e) {
      throw new AssertionError(LISTENERS, e);
    }
  }

  @Override
  public void serviceChanged(ServiceEvent event) {
    boolean gone = event.getType() == ServiceEvent.UNREGISTERING;
    if (gone) {
      leaving.add(event.getServiceReference());
    }
    mark(event.getServiceReference(), gone);
  }

  /** A new endpoint, or a known one with changed properties. */
  void put(EndpointDescription endpoint) {
    EndpointDescription before = endpoints.put(endpoint.getId(), endpoint);
    if (before == null || !PropertyMaps.same(before.getProperties(), endpoint.getProperties())) {
      listeners.values().forEach(listener -> listener.present(endpoint));
    }
  }

  void remove(String id) {
    if (endpoints.remove(id) != null) {
      listeners.values().forEach(listener -> listener.gone(id));
    }
  }

  /** Stops listening; listeners were told of all removals by then. */
  void close() {
    context.removeServiceListener(this);
    listeners.keySet().forEach(context::ungetService);
    listeners.clear();
  }

  private void mark(ServiceReference<?> listener, boolean leaving) {
    if (listener.getBundle() != context.getBundle() || listener.getProperty(OWN) == null) {
      // Arrival and departure are two tasks: the second must not be swallowed by the first.
      queue.mark(new Key(listener, leaving), () -> {
        if (leaving) {
          leave(listener);
        } else {
          arriveOrChange(listener);
        }
      });
    }
  }

  private void leave(ServiceReference<?> listener) {
    if (listeners.remove(listener) != null) {
      context.ungetService(listener);
    }
  }

  private void arriveOrChange(ServiceReference<?> reference) {
    List<Filter> scope = scope(reference);
    ToldListener listener = listeners.get(reference);
    if (listener == null) {
      Object service = leaving.contains(reference) ? null : context.getService(reference);
      if (service == null) {
        return;
      }
      listener = new ToldListener(reference, service, scope);
      listeners.put(reference, listener);
    } else {
      listener.rescope(scope);
    }
    endpoints.values().forEach(listener::present);
  }

  private static List<Filter> scope(ServiceReference<?> listener) {
    return PropertyMaps.strings(listener.getProperty(EndpointEventListener.ENDPOINT_LISTENER_SCOPE))
        .stream()
        .flatMap(text -> {
          try {
            return Stream.of(FrameworkUtil.createFilter(text));
          } catch (InvalidSyntaxException e) {
            return Stream.empty();
          }
        })
        .toList();
  }

  /** Names a task about a listener. */
  private record Key(ServiceReference<?> listener, boolean leaving) {}
}
