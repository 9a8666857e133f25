package org.fluidosgi.rsa.internal.osgi;

import org.fluidosgi.rsa.internal.call.RemoteTarget;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.ServiceReference;
import org.osgi.service.remoteserviceadmin.EndpointDescription;
import org.osgi.service.remoteserviceadmin.ImportReference;
import org.osgi.service.remoteserviceadmin.ImportRegistration;
import org.osgi.service.remoteserviceadmin.RemoteServiceAdminEvent;

/** One caller's import of an endpoint, valid or not.
 * Invariant: open, then closing (the reference still tells what is closed, for listeners), then closed (everything null).
 * Threads: any; guarded by itself, never held while calling out. */
final class OpenImport implements ImportRegistration {
  private enum State {
    OPEN,
    CLOSING,
    CLOSED
  }

  private final Provider provider;
  private final @Nullable SharedImport shared;
  private final Reference reference = new Reference();
  private EndpointDescription endpoint;
  private State state = State.OPEN;
  private @Nullable Throwable failure;

  OpenImport(Provider provider, SharedImport shared, EndpointDescription endpoint) {
    this.provider = provider;
    this.shared = shared;
    this.endpoint = endpoint;
  }

  /** A registration that failed. */
  OpenImport(Provider provider, EndpointDescription endpoint, Throwable failure) {
    this.provider = provider;
    this.shared = null;
    this.endpoint = endpoint;
    this.failure = failure;
  }

  private final class Reference implements ImportReference {
    @Override
    public @Nullable ServiceReference<?> getImportedService() {
      SharedImport from;
      synchronized (OpenImport.this) {
        from = state == State.CLOSED ? null : shared;
      }
      return from == null ? null : from.reference();
    }

    @Override
    public @Nullable EndpointDescription getImportedEndpoint() {
      synchronized (OpenImport.this) {
        return state == State.CLOSED ? null : endpoint;
      }
    }

    @Override
    public String toString() {
      synchronized (OpenImport.this) {
        return "import of " + endpoint.getId();
      }
    }
  }

  ImportReference reference() {
    return reference;
  }

  synchronized void fail(Throwable cause) {
    failure = cause;
  }

  @Override
  public synchronized @Nullable ImportReference getImportReference() {
    if (shared == null) {
      throw new IllegalStateException("the import failed", failure);
    }
    return state == State.CLOSED ? null : reference;
  }

  @Override
  public synchronized @Nullable Throwable getException() {
    return state == State.CLOSED ? null : failure;
  }

  @Override
  public boolean update(EndpointDescription changed) {
    synchronized (this) {
      if (shared == null || state != State.OPEN) {
        throw new IllegalStateException(
            shared == null ? "the import failed" : "the import is closed", failure);
      }
      if (!changed.getId().equals(endpoint.getId())) {
        throw new IllegalArgumentException(
            "endpoint " + changed.getId() + " is not the imported " + endpoint.getId());
      }
    }
    try {
      RemoteTarget target = RemoteTarget.of(changed);
      if (!changed.getInterfaces().equals(endpoint().getInterfaces())) {
        throw new IllegalArgumentException(
            "the interfaces changed from " + endpoint().getInterfaces() + " to "
                + changed.getInterfaces() + ": close the import and import again");
      }
      provider.retarget(shared, target);
    } catch (RuntimeException e) {
      fail(e);
      return false;
    }
    synchronized (this) {
      endpoint = changed;
      failure = null;
    }
    provider.announce(RemoteServiceAdminEvent.IMPORT_UPDATE, reference, null);
    return true;
  }

  private synchronized EndpointDescription endpoint() {
    return endpoint;
  }

  @Override
  public void close() {
    synchronized (this) {
      if (shared == null || state != State.OPEN) {
        return;
      }
      state = State.CLOSING;
    }
    provider.imports().closed(this, shared);
    provider.announce(RemoteServiceAdminEvent.IMPORT_UNREGISTRATION, reference, null);
    synchronized (this) {
      state = State.CLOSED;
    }
  }
}
