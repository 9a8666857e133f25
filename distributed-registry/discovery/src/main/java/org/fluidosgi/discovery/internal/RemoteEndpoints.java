package org.fluidosgi.discovery.internal;

import java.lang.System.Logger.Level;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.registry.RecordId;
import org.fluidosgi.registry.RegistryRecord;
import org.fluidosgi.registry.Sink;
import org.jspecify.annotations.Nullable;
import org.osgi.service.remoteserviceadmin.EndpointDescription;

/** Tells listener services of this framework what other nodes export. The same endpoint may stand in records of two owners while it moves:
 * the higher term counts, and a move is a modification.
 * Works on state: what changed is noted, the notify thread compares it with what each listener was told. A listener that is slow delays the
 * others, but nothing piles up beyond one note per endpoint.
 * State: {@code records} and {@code dirty} guarded by {@code this}; listeners and endpoints owned by the notify thread. */
final class RemoteEndpoints implements Sink {
  private static final long CLOSE_MILLIS_MAX = 5000;
  private static final System.Logger LOG = System.getLogger("org.fluidosgi.discovery");

  private static final Comparator<RegistryRecord> BY_TERM = Comparator.comparingLong(
          RegistryRecord::term)
      .thenComparing(foundRecord -> foundRecord.id().owner());

  private final NodeId self;
  private final String name;
  private final ThreadPoolExecutor thread;
  private final Map<String, Map<RecordId, RegistryRecord>> records = new HashMap<>();
  private final Set<String> dirty = new LinkedHashSet<>();
  private boolean drainQueued;

  private final Map<String, EndpointDescription> endpoints = new TreeMap<>();
  private final Map<Object, ToldListener> listeners = new LinkedHashMap<>();

  RemoteEndpoints(NodeId self, String name) {
    this.self = self;
    this.name = name;
    this.thread = new ThreadPoolExecutor(
        1, 1, 0, TimeUnit.MILLISECONDS, new LinkedBlockingQueue<>(), task -> {
          Thread made = new Thread(task, "fluid-discovery-notify");
          made.setDaemon(true);
          return made;
        });
  }

  @Override
  public void added(RegistryRecord endpointRecord) {
    note(endpointRecord, endpointRecord);
  }

  @Override
  public void modified(RegistryRecord endpointRecord, RegistryRecord before) {
    note(endpointRecord, endpointRecord);
  }

  @Override
  public void removed(RegistryRecord endpointRecord) {
    note(endpointRecord, null);
  }

  /** A listener service appeared: it is told all that is known in its scope. */
  void addListener(Object key, String listener, ToldListener.Caller caller, ListenerScope scope) {
    execute(() -> {
      ToldListener added = new ToldListener(listener, caller, scope);
      listeners.put(key, added);
      endpoints.forEach(added::update);
    });
  }

  /** A listener's scope changed: it is told the difference. */
  void changeScope(Object key, ListenerScope scope) {
    execute(() -> {
      ToldListener listener = listeners.get(key);
      if (listener != null) {
        listener.scope(scope);
        endpoints.forEach(listener::update);
      }
    });
  }

  /** A listener service goes: it is not called any more; {@code after} runs once that is true. */
  void removeListener(Object key, Runnable after) {
    try {
      thread.execute(() -> {
        listeners.remove(key);
        guard(after);
      });
    } catch (RejectedExecutionException e) {
      after.run();
    }
  }

  /** Nothing is known any more: tells the listeners so, then stops the thread. */
  void close() {
    execute(() -> {
      for (ToldListener listener : List.copyOf(listeners.values())) {
        listener.toldIds().forEach(id -> listener.update(id, null));
      }
      endpoints.clear();
    });
    thread.shutdown();
    try {
      if (!thread.awaitTermination(CLOSE_MILLIS_MAX, TimeUnit.MILLISECONDS)) {
        thread.shutdownNow();
        LOG.log(
            Level.WARNING,
            "{0}: an endpoint listener does not return within {1} ms",
            name,
            CLOSE_MILLIS_MAX);
      }
    } catch (InterruptedException e) {
      thread.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }

  private void note(RegistryRecord endpointRecord, @Nullable RegistryRecord now) {
    RecordId id = endpointRecord.id();
    if (id.owner().equals(self)) {
      return;
    }
    synchronized (this) {
      Map<RecordId, RegistryRecord> of = records.computeIfAbsent(id.name(), any -> new HashMap<>());
      if (now != null) {
        of.put(id, now);
      } else {
        of.remove(id);
      }
      if (of.isEmpty()) {
        records.remove(id.name());
      }
      dirty.add(id.name());
      if (drainQueued) {
        return;
      }
      drainQueued = true;
    }
    execute(this::drain);
  }

  private void drain() {
    Map<String, RegistryRecord> now = new LinkedHashMap<>();
    Set<String> ids;
    synchronized (this) {
      drainQueued = false;
      ids = new LinkedHashSet<>(dirty);
      dirty.clear();
      for (String id : ids) {
        Collection<RegistryRecord> of = records.getOrDefault(id, Map.of()).values();
        of.stream().max(BY_TERM).ifPresent(latest -> now.put(id, latest));
      }
    }
    for (String id : ids) {
      RegistryRecord latest = now.get(id);
      tell(id, latest == null ? null : description(latest));
    }
  }

  private void tell(String id, @Nullable EndpointDescription endpoint) {
    if (endpoint == null) {
      endpoints.remove(id);
    } else {
      endpoints.put(id, endpoint);
    }
    listeners.values().forEach(listener -> listener.update(id, endpoint));
  }

  private @Nullable EndpointDescription description(RegistryRecord latest) {
    try {
      return EndpointRecords.description(latest);
    } catch (IllegalArgumentException e) {
      LOG.log(
          Level.WARNING,
          "{0}: record {1} is no endpoint description and is ignored: {2}",
          name,
          latest.id(),
          e.getMessage());
      return null;
    }
  }

  private void execute(Runnable task) {
    try {
      thread.execute(() -> guard(task));
    } catch (RejectedExecutionException e) {
      LOG.log(Level.DEBUG, "{0}: discovery is closed", name);
    }
  }

  private void guard(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException | LinkageError e) {
      LOG.log(Level.ERROR, name + ": discovery failed on a change", e);
    }
  }
}
