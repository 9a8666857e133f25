package org.fluidosgi.topology.internal;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;
import org.osgi.service.remoteserviceadmin.EndpointDescription;
import org.osgi.service.remoteserviceadmin.ExportReference;
import org.osgi.service.remoteserviceadmin.ExportRegistration;
import org.osgi.service.remoteserviceadmin.ImportReference;
import org.osgi.service.remoteserviceadmin.ImportRegistration;
import org.osgi.service.remoteserviceadmin.RemoteConstants;
import org.osgi.service.remoteserviceadmin.RemoteServiceAdmin;
import org.osgi.service.remoteserviceadmin.RemoteServiceAdminEvent;
import org.osgi.service.remoteserviceadmin.RemoteServiceAdminListener;

/** Keeps books instead of opening connections; says which calls came from a foreign thread. */
final class FakeRemoteAdmin implements RemoteServiceAdmin {
  final List<String> calls = new ArrayList<>();
  final List<String> wrongThreads = new ArrayList<>();
  private final Map<String, List<Import>> imports = new LinkedHashMap<>();
  private final List<Export> exports = new ArrayList<>();
  private final BundleContext context;
  private volatile Throwable importFailure;
  private volatile boolean ignoring;
  private volatile boolean refusing;
  private volatile boolean silent;

  FakeRemoteAdmin(BundleContext context) {
    this.context = context;
  }

  void failImports(Throwable failure) {
    importFailure = failure;
  }

  /** Takes over no changed properties. */
  void refuseUpdates() {
    refusing = true;
  }

  /** Fails when asked what it imported. */
  void failToList() {
    silent = true;
  }

  /** Recognises no configuration type from now on. */
  void ignoreAll() {
    ignoring = true;
  }

  synchronized List<String> imported() {
    return imports.entrySet().stream()
        .filter(e -> !e.getValue().isEmpty())
        .map(Map.Entry::getKey)
        .sorted()
        .toList();
  }

  synchronized List<String> calls() {
    return List.copyOf(calls);
  }

  synchronized List<Export> exports() {
    return List.copyOf(exports);
  }

  synchronized Object importedProperty(String id, String key) {
    return imports.get(id).get(0).endpoint.getProperties().get(key);
  }

  synchronized List<String> wrongThreads() {
    return List.copyOf(wrongThreads);
  }

  private synchronized void note(String call) {
    calls.add(call);
    if (!Thread.currentThread().getName().equals(WorkQueue.THREAD)) {
      wrongThreads.add(call + " on " + Thread.currentThread().getName());
    }
  }

  @Override
  public Collection<ExportRegistration> exportService(
      ServiceReference<?> service, Map<String, ?> properties) {
    note("export");
    if (ignoring) {
      return List.of();
    }
    Export export = new Export(service, properties);
    synchronized (this) {
      exports.add(export);
    }
    return List.of(export);
  }

  @Override
  public ImportRegistration importService(EndpointDescription endpoint) {
    note("import " + endpoint.getId());
    if (ignoring) {
      return null;
    }
    return open(endpoint);
  }

  /** Imports on behalf of another user of this service. */
  ImportRegistration importForAnother(EndpointDescription endpoint) {
    Import made = open(endpoint);
    tell(RemoteServiceAdminEvent.IMPORT_REGISTRATION, made);
    return made;
  }

  private Import open(EndpointDescription endpoint) {
    Import made = new Import(endpoint, importFailure);
    if (made.failure == null) {
      synchronized (this) {
        imports.computeIfAbsent(endpoint.getId(), id -> new ArrayList<>()).add(made);
      }
    }
    return made;
  }

  /** Gives up an import by itself. */
  void lose(String id) {
    List<Import> lost;
    synchronized (this) {
      lost = List.copyOf(imports.get(id));
    }
    for (Import each : lost) {
      each.drop();
      tell(RemoteServiceAdminEvent.IMPORT_ERROR, each);
    }
  }

  private void tell(int type, ImportReference reference) {
    try {
      for (ServiceReference<RemoteServiceAdminListener> listener :
          context.getServiceReferences(RemoteServiceAdminListener.class, null)) {
        Bundle source = context.getBundle();
        context
            .getService(listener)
            .remoteAdminEvent(new RemoteServiceAdminEvent(type, source, reference, null));
      }
    } catch (org.osgi.framework.InvalidSyntaxException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public synchronized Collection<ExportReference> getExportedServices() {
    return List.copyOf(exports);
  }

  @Override
  public synchronized Collection<ImportReference> getImportedEndpoints() {
    if (silent) {
      throw new IllegalStateException("on purpose");
    }
    List<ImportReference> all = new ArrayList<>();
    imports.values().forEach(all::addAll);
    return all;
  }

  /** An export that is its own reference. */
  final class Export implements ExportRegistration, ExportReference {
    private final ServiceReference<?> service;
    private final String id = "urn:uuid:" + UUID.randomUUID();
    private Map<String, ?> given;
    private boolean closed;

    Export(ServiceReference<?> service, Map<String, ?> properties) {
      this.service = service;
      this.given = properties;
    }

    Map<String, ?> given() {
      return given;
    }

    @Override
    public ExportReference getExportReference() {
      return this;
    }

    @Override
    public EndpointDescription update(Map<String, ?> properties) {
      note("update export");
      given = properties;
      return getExportedEndpoint();
    }

    @Override
    public void close() {
      note("close export");
      closed = true;
      synchronized (FakeRemoteAdmin.this) {
        exports.remove(this);
      }
    }

    @Override
    public Throwable getException() {
      return null;
    }

    @Override
    public ServiceReference<?> getExportedService() {
      return closed ? null : service;
    }

    @Override
    public EndpointDescription getExportedEndpoint() {
      if (closed) {
        return null;
      }
      Map<String, Object> all = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
      all.putAll(given);
      all.put(RemoteConstants.ENDPOINT_ID, id);
      all.put(RemoteConstants.SERVICE_IMPORTED_CONFIGS, "fake");
      all.put(
          RemoteConstants.ENDPOINT_FRAMEWORK_UUID, context.getProperty(Constants.FRAMEWORK_UUID));
      return new EndpointDescription(service, new HashMap<>(all));
    }
  }

  /** An import that is its own reference. */
  final class Import implements ImportRegistration, ImportReference {
    private final Throwable failure;
    private EndpointDescription endpoint;
    private boolean closed;

    Import(EndpointDescription endpoint, Throwable failure) {
      this.endpoint = endpoint;
      this.failure = failure;
    }

    @Override
    public ImportReference getImportReference() {
      if (failure != null) {
        throw new IllegalStateException("invalid", failure);
      }
      return closed ? null : this;
    }

    @Override
    public boolean update(EndpointDescription changed) {
      note("update " + changed.getId());
      if (refusing) {
        return false;
      }
      endpoint = changed;
      return true;
    }

    @Override
    public void close() {
      if (failure == null && !closed) {
        note("close " + endpoint.getId());
        drop();
      }
    }

    /** Closes as another user would. */
    void closeForAnother() {
      EndpointDescription was = endpoint;
      drop();
      tell(RemoteServiceAdminEvent.IMPORT_UNREGISTRATION, new ImportReference() {
        @Override
        public ServiceReference<?> getImportedService() {
          return null;
        }

        @Override
        public EndpointDescription getImportedEndpoint() {
          return was;
        }
      });
    }

    private void drop() {
      closed = true;
      synchronized (FakeRemoteAdmin.this) {
        imports.get(endpoint.getId()).remove(this);
      }
    }

    @Override
    public Throwable getException() {
      return failure;
    }

    @Override
    public ServiceReference<?> getImportedService() {
      return null;
    }

    @Override
    public EndpointDescription getImportedEndpoint() {
      return closed ? null : endpoint;
    }
  }
}
