package org.fluidosgi.framework.internal.context;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.PrototypeServiceFactory;
import org.osgi.framework.ServiceFactory;
import org.osgi.framework.ServiceRegistration;

/** Shows a virtual bundle's service factory its clients as virtual bundles.
 * The host registers a proxy defined in the loader of the factory's own class: both frameworks judge by that loader whether a consumer can
 * use the service, so a class of ours in front would hide it. Threads: as the factory. */
final class FactoryView implements InvocationHandler {
  private final ServiceFactory<Object> factory;
  private final HostView view;

  private FactoryView(ServiceFactory<Object> factory, HostView view) {
    this.factory = factory;
    this.view = view;
  }

  /** What to register with the host for that service object: itself, unless it is a factory. */
  @SuppressWarnings("unchecked") // the framework uses a factory the same way
  static Object forHost(Object service, HostView view) {
    if (!(service instanceof ServiceFactory<?> factory)) {
      return service;
    }
    Class<?> type = factory instanceof PrototypeServiceFactory
        ? PrototypeServiceFactory.class
        : ServiceFactory.class;
    ClassLoader loader = factory.getClass().getClassLoader();
    if (!sees(loader, type)) {
      return service;
    }
    return Proxy.newProxyInstance(
        loader, new Class<?>[] {type}, new FactoryView((ServiceFactory<Object>) factory, view));
  }

  private static boolean sees(@Nullable ClassLoader loader, Class<?> type) {
    try {
      return loader != null && loader.loadClass(type.getName()) == type;
    } catch (ClassNotFoundException | LinkageError e) {
      return false; // it inherits the interface from a class of another bundle: it gets host
      // bundles
    }
  }

  @Override
  @SuppressWarnings("unchecked")
  public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments) {
    if (arguments == null || arguments.length < 2) {
      return switch (method.getName()) {
        case "equals" -> arguments != null && proxy == arguments[0];
        case "hashCode" -> System.identityHashCode(proxy);
        default -> "factory " + factory;
      };
    }
    Bundle client = view.bundle((Bundle) arguments[0]);
    ServiceRegistration<Object> registration =
        new RegistrationView<>((ServiceRegistration<Object>) arguments[1], view, Map.of());
    if (arguments.length == 2) {
      return factory.getService(client, registration);
    }
    factory.ungetService(client, registration, arguments[2]);
    return null;
  }
}
