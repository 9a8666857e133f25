package org.fluidosgi.topology.internal;

import static java.lang.System.Logger.Level.WARNING;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Filter;
import org.osgi.framework.ServiceReference;
import org.osgi.service.remoteserviceadmin.EndpointDescription;
import org.osgi.service.remoteserviceadmin.EndpointEvent;
import org.osgi.service.remoteserviceadmin.EndpointEventListener;
import org.osgi.service.remoteserviceadmin.EndpointListener;

/** An endpoint listener of either kind and what it was told: every change once, by the first filter that matches.
 * Threads: the queue. Source: 122.6.3. */
final class ToldListener {
  private static final System.Logger LOG = System.getLogger(WorkQueue.LOGGER);

  private final ServiceReference<?> reference;
  private final Object service;
  private final Map<String, Told> told = new HashMap<>();
  private List<Filter> scope;
  private boolean complained;

  ToldListener(ServiceReference<?> reference, Object service, List<Filter> scope) {
    this.reference = reference;
    this.service = service;
    this.scope = scope;
  }

  /** A changed scope; endpoints outside it are forgotten, the listener drops them itself. */
  void rescope(List<Filter> changed) {
    scope = changed;
    told.values().removeIf(t -> matching(t.endpoint) == null);
  }

  /** That endpoint is there with those properties. */
  void present(EndpointDescription endpoint) {
    String filter = matching(endpoint);
    Told before = told.get(endpoint.getId());
    if (before == null) {
      if (filter != null) {
        told.put(endpoint.getId(), new Told(endpoint, filter));
        tell(EndpointEvent.ADDED, endpoint, filter);
      }
    } else if (filter == null) {
      told.remove(endpoint.getId());
      tell(EndpointEvent.MODIFIED_ENDMATCH, endpoint, before.filter);
    } else if (!PropertyMaps.same(before.endpoint.getProperties(), endpoint.getProperties())) {
      told.put(endpoint.getId(), new Told(endpoint, filter));
      tell(EndpointEvent.MODIFIED, endpoint, filter);
    }
  }

  /** That endpoint is no longer there. */
  void gone(String id) {
    Told before = told.remove(id);
    if (before != null) {
      tell(EndpointEvent.REMOVED, before.endpoint, before.filter);
    }
  }

  private @Nullable String matching(EndpointDescription endpoint) {
    for (Filter filter : scope) {
      if (filter.matches(endpoint.getProperties())) {
        return filter.toString();
      }
    }
    return null;
  }

  private void tell(int type, EndpointDescription endpoint, String filter) {
    try {
      if (service instanceof EndpointEventListener listener) {
        listener.endpointChanged(new EndpointEvent(type, endpoint), filter);
      } else if (service instanceof EndpointListener listener) {
        tellOld(listener, type, endpoint, filter);
      }
    } catch (RuntimeException | LinkageError e) {
      if (!complained) {
        complained = true;
        LOG.log(
            WARNING,
            "topology: endpoint listener " + reference + " failed; further failures of it are not"
                + " logged",
            e);
      }
    }
  }

  private static void tellOld(
      EndpointListener listener, int type, EndpointDescription endpoint, String filter) {
    if (type != EndpointEvent.ADDED) {
      listener.endpointRemoved(endpoint, filter);
    }
    if (type == EndpointEvent.ADDED || type == EndpointEvent.MODIFIED) {
      listener.endpointAdded(endpoint, filter);
    }
  }

  /** An endpoint as the listener knows it. */
  private record Told(EndpointDescription endpoint, String filter) {}
}
