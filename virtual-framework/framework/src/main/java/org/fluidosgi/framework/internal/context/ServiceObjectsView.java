package org.fluidosgi.framework.internal.context;

import org.jspecify.annotations.Nullable;
import org.osgi.framework.ServiceObjects;
import org.osgi.framework.ServiceReference;

/** A host's service objects that name their virtual reference. Threads: any. */
final class ServiceObjectsView<S> implements ServiceObjects<S> {
  private final ServiceObjects<S> raw;
  private final HostView view;

  ServiceObjectsView(ServiceObjects<S> raw, HostView view) {
    this.raw = raw;
    this.view = view;
  }

  @Override
  public @Nullable S getService() {
    return raw.getService();
  }

  @Override
  public void ungetService(S service) {
    raw.ungetService(service);
  }

  @Override
  public ServiceReference<S> getServiceReference() {
    return view.reference(raw.getServiceReference());
  }
}
