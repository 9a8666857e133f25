package org.fluidosgi.itests.benchmarks.framework;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.fluidosgi.itests.benchmarks.figures.Home;

/** A host framework, loaded with what drives it by a class loader of its own, so that both kinds run in one JVM. */
enum HostKind {
  FELIX("org.apache.felix.framework-"),
  EQUINOX("org.eclipse.osgi-");

  private static final String INSIDE = HostKind.class.getPackageName() + ".inside.";
  private final String jar;

  HostKind(String jar) {
    this.jar = jar;
  }

  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The loaders of one run. */
  static final class Loaders {
    private final ConcurrentMap<HostKind, ClassLoader> loaders = new ConcurrentHashMap<>();

    /** Starts a framework of that kind with all bundles of the product, alone until it joins. */
    HostNode start(HostKind kind, String name, Path work, String join) throws Exception {
      return make(kind, "Host", HostNode.class, name, work, join);
    }

    /** What compares contexts on that node, which is one of that kind. */
    Runnable comparison(HostKind kind, HostNode node, HostNode.Measuring measuring)
        throws Exception {
      return make(kind, "Comparison", Runnable.class, node, measuring);
    }

    private <T> T make(HostKind kind, String name, Class<T> type, Object... arguments)
        throws Exception {
      ClassLoader loader = loaders.computeIfAbsent(kind, Loaders::open);
      try {
        var constructor = loader.loadClass(INSIDE + name).getDeclaredConstructors()[0];
        constructor.setAccessible(true);
        return type.cast(constructor.newInstance(arguments));
      } catch (InvocationTargetException e) {
        throw new IOException(kind.label() + ": " + e.getCause(), e.getCause());
      }
    }

    private static ClassLoader open(HostKind kind) {
      try {
        URL own = HostKind.class.getProtectionDomain().getCodeSource().getLocation();
        URL framework = Home.jar("frameworks", kind.jar).toUri().toURL();
        return new InsideFirst(List.of(framework, own).toArray(URL[]::new));
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /** Takes the classes of the inside for its own, everything else from outside where there is such a class. */
  private static final class InsideFirst extends URLClassLoader {
    InsideFirst(URL[] urls) {
      super(urls, HostKind.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (!name.startsWith(INSIDE)) {
        return super.loadClass(name, resolve);
      }
      synchronized (getClassLoadingLock(name)) {
        Class<?> known = findLoadedClass(name);
        return known == null ? findClass(name) : known;
      }
    }
  }
}
