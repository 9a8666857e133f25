package org.fluidosgi.discovery.internal;

import java.lang.System.Logger.Level;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.osgi.service.remoteserviceadmin.EndpointDescription;
import org.osgi.service.remoteserviceadmin.EndpointEvent;
import org.osgi.service.remoteserviceadmin.EndpointEventListener;

/** One listener service with what it was told. Used by the notify thread only. */
final class ToldListener {
  private static final System.Logger LOG = System.getLogger("org.fluidosgi.discovery");

  private record Told(EndpointDescription endpoint, String filter) {}

  /** How a listener is called: the two interfaces differ in how they learn of a modification. */
  interface Caller {
    void added(EndpointDescription endpoint, String filter);

    void modified(
        EndpointDescription endpoint,
        String filter,
        EndpointDescription before,
        String filterBefore);

    void endMatch(EndpointDescription endpoint, EndpointDescription before, String filterBefore);

    void removed(EndpointDescription endpoint, String filter);
  }

  private final String name;
  private final Caller caller;
  private final Map<String, Told> told = new HashMap<>();
  private ListenerScope scope;
  private boolean failed;

  ToldListener(String name, Caller caller, ListenerScope scope) {
    this.name = name;
    this.caller = caller;
    this.scope = scope;
  }

  void scope(ListenerScope changed) {
    scope = changed;
  }

  Set<String> toldIds() {
    return new HashSet<>(told.keySet());
  }

  /** Brings the listener up to date about one endpoint; null = it is gone. */
  void update(String id, @Nullable EndpointDescription endpoint) {
    Told before = told.get(id);
    if (endpoint == null) {
      if (before != null) {
        told.remove(id);
        call(id, () -> caller.removed(before.endpoint, before.filter));
      }
      return;
    }
    Optional<String> filter = scope.firstMatch(endpoint);
    if (before == null) {
      if (filter.isPresent()) {
        told.put(id, new Told(endpoint, filter.get()));
        call(id, () -> caller.added(endpoint, filter.get()));
      }
    } else if (filter.isEmpty()) {
      told.remove(id);
      call(id, () -> caller.endMatch(endpoint, before.endpoint, before.filter));
    } else if (!EndpointRecords.same(before.endpoint, endpoint)) {
      told.put(id, new Told(endpoint, filter.get()));
      call(id, () -> caller.modified(endpoint, filter.get(), before.endpoint, before.filter));
    }
  }

  private void call(String id, Runnable call) {
    try {
      call.run();
    } catch (RuntimeException | LinkageError | AssertionError e) {
      Level level = failed ? Level.DEBUG : Level.WARNING;
      failed = true;
      LOG.log(level, "endpoint listener " + name + " failed on endpoint " + id, e);
    }
  }

  static Caller events(EndpointEventListener listener) {
    return new Caller() {
      @Override
      public void added(EndpointDescription endpoint, String filter) {
        listener.endpointChanged(new EndpointEvent(EndpointEvent.ADDED, endpoint), filter);
      }

      @Override
      public void modified(
          EndpointDescription endpoint,
          String filter,
          EndpointDescription before,
          String filterBefore) {
        listener.endpointChanged(new EndpointEvent(EndpointEvent.MODIFIED, endpoint), filter);
      }

      @Override
      public void endMatch(
          EndpointDescription endpoint, EndpointDescription before, String filterBefore) {
        listener.endpointChanged(
            new EndpointEvent(EndpointEvent.MODIFIED_ENDMATCH, endpoint), filterBefore);
      }

      @Override
      public void removed(EndpointDescription endpoint, String filter) {
        listener.endpointChanged(new EndpointEvent(EndpointEvent.REMOVED, endpoint), filter);
      }
    };
  }

  @SuppressWarnings("deprecation")
  static Caller plain(org.osgi.service.remoteserviceadmin.EndpointListener listener) {
    return new Caller() {
      @Override
      public void added(EndpointDescription endpoint, String filter) {
        listener.endpointAdded(endpoint, filter);
      }

      @Override
      public void modified(
          EndpointDescription endpoint,
          String filter,
          EndpointDescription before,
          String filterBefore) {
        listener.endpointRemoved(before, filterBefore);
        listener.endpointAdded(endpoint, filter);
      }

      @Override
      public void endMatch(
          EndpointDescription endpoint, EndpointDescription before, String filterBefore) {
        listener.endpointRemoved(before, filterBefore);
      }

      @Override
      public void removed(EndpointDescription endpoint, String filter) {
        listener.endpointRemoved(endpoint, filter);
      }
    };
  }
}
