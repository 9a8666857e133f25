package org.fluidosgi.rsa.internal.proxy;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.List;

/** Makes dynamic proxies that implement every interface of an import by name. Threads: stateless. */
public final class ProxyMaker {
  private ProxyMaker() {}

  /** A proxy with all of those interfaces: in the loader that sees them all, else in a combining one.
   * Errors: IllegalArgumentException or LinkageError when their class spaces contradict each other. */
  public static Object make(List<Class<?>> found, List<String> missing, InvocationHandler handler) {
    if (missing.isEmpty()) {
      for (Class<?> candidate : found) {
        ClassLoader loader = candidate.getClassLoader();
        if (loader != null && seesAll(loader, found)) {
          return Proxy.newProxyInstance(loader, found.toArray(Class<?>[]::new), handler);
        }
      }
    }
    CombiningLoader loader = new CombiningLoader(found, missing);
    Class<?>[] all = new Class<?>[found.size() + missing.size()];
    for (int i = 0; i < all.length; i++) {
      all[i] = i < found.size() ? found.get(i) : loader.named(missing.get(i - found.size()));
    }
    return Proxy.newProxyInstance(loader, all, handler);
  }

  private static boolean seesAll(ClassLoader loader, List<Class<?>> classes) {
    for (Class<?> wanted : classes) {
      try {
        if (Class.forName(wanted.getName(), false, loader) != wanted) {
          return false;
        }
      } catch (ClassNotFoundException | LinkageError e) {
        return false;
      }
    }
    return true;
  }
}
