package org.fluidosgi.framework.internal.context;

import java.util.Dictionary;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;

/** A host's service registration that gives virtual references. Equality: that of the registrations behind. Threads: any. */
final class RegistrationView<S> implements ServiceRegistration<S> {
  private final ServiceRegistration<S> raw;
  private final HostView view;

  RegistrationView(ServiceRegistration<S> raw, HostView view) {
    this.raw = raw;
    this.view = view;
  }

  @Override
  public ServiceReference<S> getReference() {
    return view.reference(raw.getReference());
  }

  @Override
  public void setProperties(@Nullable Dictionary<String, ?> properties) {
    raw.setProperties(properties);
  }

  @Override
  public void unregister() {
    raw.unregister();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof RegistrationView<?> registration && raw.equals(registration.raw);
  }

  @Override
  public int hashCode() {
    return raw.hashCode();
  }

  @Override
  public String toString() {
    return raw.toString();
  }
}
