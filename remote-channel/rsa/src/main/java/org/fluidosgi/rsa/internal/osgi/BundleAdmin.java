package org.fluidosgi.rsa.internal.osgi;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.ServiceReference;
import org.osgi.service.remoteserviceadmin.EndpointDescription;
import org.osgi.service.remoteserviceadmin.ExportReference;
import org.osgi.service.remoteserviceadmin.ExportRegistration;
import org.osgi.service.remoteserviceadmin.ImportReference;
import org.osgi.service.remoteserviceadmin.ImportRegistration;
import org.osgi.service.remoteserviceadmin.RemoteServiceAdmin;

/** The service as one bundle has it: its registrations end when the bundle gives the service back.
 * Threads: any; the set is guarded by itself. Source: Remote Service Admin 122.5.7. */
final class BundleAdmin implements RemoteServiceAdmin {
  private final Provider provider;
  private final Set<Runnable> closers = new LinkedHashSet<>();
  private boolean closed;

  BundleAdmin(Provider provider) {
    this.provider = provider;
  }

  @Override
  public Collection<ExportRegistration> exportService(
      ServiceReference<?> reference, @Nullable Map<String, ?> properties) {
    checkOpen();
    List<OpenExport> opened = provider.exports().export(reference, properties);
    List<ExportRegistration> mine = new ArrayList<>();
    for (OpenExport export : opened) {
      mine.add(export.export() == null ? export : new Export(export));
    }
    return mine;
  }

  @Override
  public @Nullable ImportRegistration importService(EndpointDescription endpoint) {
    checkOpen();
    OpenImport opened = provider.open(endpoint);
    return opened == null || opened.getException() != null ? opened : new Import(opened);
  }

  @Override
  public Collection<ExportReference> getExportedServices() {
    return provider.exports().references();
  }

  @Override
  public Collection<ImportReference> getImportedEndpoints() {
    return provider.imports().references();
  }

  private void checkOpen() {
    synchronized (closers) {
      if (closed) {
        throw new IllegalStateException(
            "this RemoteServiceAdmin was given back: get the service again");
      }
    }
  }

  private void keep(Runnable closer) {
    boolean tooLate;
    synchronized (closers) {
      tooLate = closed;
      if (!tooLate) {
        closers.add(closer);
      }
    }
    if (tooLate) {
      closer.run();
    }
  }

  private void forget(Runnable closer) {
    synchronized (closers) {
      closers.remove(closer);
    }
  }

  /** Closes what is still open, with an event for each. */
  void close() {
    List<Runnable> toClose;
    synchronized (closers) {
      closed = true;
      toClose = List.copyOf(closers);
      closers.clear();
    }
    toClose.forEach(Runnable::run);
  }

  private final class Export implements ExportRegistration {
    private final OpenExport open;
    private final Runnable closer;

    Export(OpenExport open) {
      this.open = open;
      this.closer = open::close;
      keep(closer);
    }

    @Override
    public @Nullable ExportReference getExportReference() {
      return open.getExportReference();
    }

    @Override
    public @Nullable EndpointDescription update(@Nullable Map<String, ?> properties) {
      return open.update(properties);
    }

    @Override
    public void close() {
      forget(closer);
      open.close();
    }

    @Override
    public @Nullable Throwable getException() {
      return open.getException();
    }
  }

  private final class Import implements ImportRegistration {
    private final OpenImport open;
    private final Runnable closer;

    Import(OpenImport open) {
      this.open = open;
      this.closer = open::close;
      keep(closer);
    }

    @Override
    public @Nullable ImportReference getImportReference() {
      return open.getImportReference();
    }

    @Override
    public boolean update(EndpointDescription endpoint) {
      return open.update(endpoint);
    }

    @Override
    public void close() {
      forget(closer);
      open.close();
    }

    @Override
    public @Nullable Throwable getException() {
      return open.getException();
    }
  }
}
