package org.fluidosgi.framework.internal.context;

import java.util.ArrayList;
import java.util.List;
import org.fluidosgi.channel.Registration;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.ServiceObjects;
import org.osgi.framework.ServiceReference;

/** Service objects that give back what was not given back, when they are closed. Threads: any; the list is guarded by itself. */
final class CountedObjects<S> implements ServiceObjects<S>, Registration {
  private final ServiceObjects<S> behind;
  private final List<S> given = new ArrayList<>();
  private boolean closed;

  CountedObjects(ServiceObjects<S> behind) {
    this.behind = behind;
  }

  @Override
  public @Nullable S getService() {
    S service = behind.getService();
    if (service == null) {
      return null;
    }
    synchronized (given) {
      if (!closed) {
        given.add(service);
        return service;
      }
    }
    behind.ungetService(service);
    throw new IllegalStateException("the context of these service objects is no longer valid");
  }

  @Override
  public void ungetService(S service) {
    behind.ungetService(service); // refuses what it did not give
    synchronized (given) {
      for (int i = 0; i < given.size(); i++) {
        if (given.get(i) == service) {
          given.remove(i);
          return;
        }
      }
    }
  }

  @Override
  public ServiceReference<S> getServiceReference() {
    return behind.getServiceReference();
  }

  @Override
  public void close() {
    List<S> last;
    synchronized (given) {
      closed = true;
      last = List.copyOf(given);
      given.clear();
    }
    last.forEach(behind::ungetService);
  }
}
