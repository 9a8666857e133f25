package org.fluidosgi.framework.internal.context;

import java.util.Collections;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;

/** A host's service registration that gives virtual references. Shape: {@code fixed} are properties that it always has. Equality: that of the registrations behind. Threads: any. */
final class RegistrationView<S> implements ServiceRegistration<S> {
  private final ServiceRegistration<S> raw;
  private final HostView view;
  private final Map<String, Object> fixed;

  RegistrationView(ServiceRegistration<S> raw, HostView view, Map<String, Object> fixed) {
    this.raw = raw;
    this.view = view;
    this.fixed = fixed;
  }

  /** Those properties and what is fixed. */
  static @Nullable Dictionary<String, ?> with(
      Map<String, Object> fixed, @Nullable Dictionary<String, ?> properties) {
    if (fixed.isEmpty()) {
      return properties;
    }
    Dictionary<String, Object> all = new Hashtable<>();
    if (properties != null) {
      for (String key : Collections.list(properties.keys())) {
        if (fixed.keySet().stream().noneMatch(key::equalsIgnoreCase)) {
          all.put(key, properties.get(key));
        }
      }
    }
    fixed.forEach(all::put);
    return all;
  }

  @Override
  public ServiceReference<S> getReference() {
    return view.reference(raw.getReference());
  }

  @Override
  public void setProperties(@Nullable Dictionary<String, ?> properties) {
    raw.setProperties(with(fixed, properties));
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
