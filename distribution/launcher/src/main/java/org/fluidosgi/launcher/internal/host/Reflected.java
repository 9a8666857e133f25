package org.fluidosgi.launcher.internal.host;

import java.lang.reflect.InvocationTargetException;
import java.util.Optional;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;

/** A service of the node called by name: this program has none of the bundles' classes. */
final class Reflected {
  private final Object target;

  private Reflected(Object target) {
    this.target = target;
  }

  /** The service of that interface; empty while there is none. Not given back: it is asked for until the node stops. */
  static Optional<Reflected> service(BundleContext context, String type) {
    ServiceReference<?> reference = context.getServiceReference(type);
    return Optional.ofNullable(reference == null ? null : context.getService(reference))
        .map(Reflected::new);
  }

  static Reflected of(Object target) {
    return new Reflected(target);
  }

  /** Calls a method without parameters. Errors: IllegalStateException when it fails or does not exist. */
  Object get(String method) {
    for (Class<?> type : target.getClass().getInterfaces()) {
      try {
        return type.getMethod(method).invoke(target);
      } catch (NoSuchMethodException e) {
        continue;
      } catch (IllegalAccessException | InvocationTargetException e) {
        throw new IllegalStateException(type.getName() + "." + method + " failed", e);
      }
    }
    try {
      return target.getClass().getMethod(method).invoke(target); // records
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(target.getClass().getName() + "." + method + " failed", e);
    }
  }
}
