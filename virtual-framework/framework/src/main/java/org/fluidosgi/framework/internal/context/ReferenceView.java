package org.fluidosgi.framework.internal.context;

import java.util.Dictionary;
import java.util.Hashtable;
import org.fluidosgi.framework.VirtualBundle;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;

/** A host's service reference as virtual bundles see it: registered and used by virtual bundles.
 * Shape: {@code service.bundleid} follows {@link #getBundle()}; {@code service.id} is the host's, because trackers look a reference up
 * by it. Filters given to the host are evaluated on the host's values. Equality: that of the references behind.
 * Threads: immutable. */
final class ReferenceView<S> implements ServiceReference<S> {
  private final ServiceReference<S> raw;
  private final HostView view;

  ReferenceView(ServiceReference<S> raw, HostView view) {
    this.raw = raw;
    this.view = view;
  }

  ServiceReference<S> raw() {
    return raw;
  }

  @Override
  public @Nullable Object getProperty(String key) {
    Object value = raw.getProperty(key);
    if (value != null && Constants.SERVICE_BUNDLEID.equalsIgnoreCase(key)) {
      Bundle bundle = getBundle();
      return bundle == null ? value : (Object) bundle.getBundleId();
    }
    return value;
  }

  @Override
  public String[] getPropertyKeys() {
    return raw.getPropertyKeys();
  }

  /** Made from the keys: references of frameworks older than R7 lack the method. */
  @Override
  public Dictionary<String, Object> getProperties() {
    Dictionary<String, Object> properties = new Hashtable<>();
    for (String key : getPropertyKeys()) {
      Object value = getProperty(key);
      if (value != null) {
        properties.put(key, value);
      }
    }
    return properties;
  }

  @Override
  public @Nullable Bundle getBundle() {
    Bundle bundle = raw.getBundle();
    return bundle == null ? null : view.bundle(bundle);
  }

  @Override
  public Bundle @Nullable [] getUsingBundles() {
    return view.bundles(raw.getUsingBundles());
  }

  @Override
  public boolean isAssignableTo(Bundle bundle, String className) {
    Bundle host = HostView.host(bundle);
    // A bundle of another node has no class space here, so nothing here can be cast to its classes.
    return !(host instanceof VirtualBundle) && raw.isAssignableTo(host, className);
  }

  @Override
  public int compareTo(Object other) {
    return raw.compareTo(other instanceof ReferenceView<?> reference ? reference.raw : other);
  }

  @Override
  public <A> @Nullable A adapt(Class<A> type) {
    try {
      return raw.adapt(type);
    } catch (NoSuchMethodError | AbstractMethodError e) {
      return null; // a framework older than R8: nothing to adapt to
    }
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ReferenceView<?> reference && raw.equals(reference.raw);
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
