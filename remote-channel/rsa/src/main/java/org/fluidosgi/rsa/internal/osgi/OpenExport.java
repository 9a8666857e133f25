package org.fluidosgi.rsa.internal.osgi;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.ServiceReference;
import org.osgi.service.remoteserviceadmin.EndpointDescription;
import org.osgi.service.remoteserviceadmin.ExportReference;
import org.osgi.service.remoteserviceadmin.ExportRegistration;
import org.osgi.service.remoteserviceadmin.RemoteServiceAdminEvent;

/** One caller's export of a service, valid or not.
 * Invariant: open, then closing (the reference still tells what is closed, for listeners), then closed (everything null).
 * Threads: any; guarded by itself, never held while calling out. */
final class OpenExport implements ExportRegistration {
  private enum State {
    OPEN,
    CLOSING,
    CLOSED
  }

  private final Provider provider;
  private final @Nullable SharedExport export;
  private final ServiceReference<?> service;
  private final Reference reference = new Reference();
  private State state = State.OPEN;
  private @Nullable Throwable failure;
  private @Nullable Map<String, ?> overrides;

  OpenExport(Provider provider, SharedExport export, @Nullable Map<String, ?> overrides) {
    this.provider = provider;
    this.export = export;
    this.service = export.reference;
    this.overrides = overrides;
  }

  /** A registration that failed. */
  OpenExport(Provider provider, ServiceReference<?> service, Throwable failure) {
    this.provider = provider;
    this.export = null;
    this.service = service;
    this.failure = failure;
  }

  private final class Reference implements ExportReference {
    @Override
    public @Nullable ServiceReference<?> getExportedService() {
      synchronized (OpenExport.this) {
        return state == State.CLOSED ? null : service;
      }
    }

    @Override
    public @Nullable EndpointDescription getExportedEndpoint() {
      synchronized (OpenExport.this) {
        return state == State.CLOSED || export == null ? null : export.description();
      }
    }

    @Override
    public String toString() {
      return "export of " + service;
    }
  }

  ExportReference reference() {
    return reference;
  }

  @Nullable
  SharedExport export() {
    return export;
  }

  @Override
  public synchronized @Nullable ExportReference getExportReference() {
    if (export == null) {
      throw new IllegalStateException("the export failed", failure);
    }
    return state == State.CLOSED ? null : reference;
  }

  @Override
  public synchronized @Nullable Throwable getException() {
    return state == State.CLOSED ? null : failure;
  }

  @Override
  public @Nullable EndpointDescription update(@Nullable Map<String, ?> properties) {
    Map<String, ?> used;
    synchronized (this) {
      if (export == null || state != State.OPEN) {
        throw new IllegalStateException(
            export == null ? "the export failed" : "the export is closed", failure);
      }
      used = properties == null ? overrides : properties;
    }
    EndpointDescription changed;
    try {
      changed = export.redescribe(used);
    } catch (RuntimeException e) {
      synchronized (this) {
        failure = e;
      }
      return null;
    }
    synchronized (this) {
      overrides = used;
      failure = null;
    }
    export.describe(changed);
    provider.exportChanged(export.id);
    provider.announce(RemoteServiceAdminEvent.EXPORT_UPDATE, reference, null);
    return changed;
  }

  @Override
  public void close() {
    synchronized (this) {
      if (export == null || state != State.OPEN) {
        return;
      }
      state = State.CLOSING;
    }
    provider.exports().closed(this, export);
    provider.announce(RemoteServiceAdminEvent.EXPORT_UNREGISTRATION, reference, null);
    synchronized (this) {
      state = State.CLOSED;
    }
  }
}
