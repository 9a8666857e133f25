package org.fluidosgi.framework.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Enumeration;

/** The frameworks that the tests run on; each run has a class loader of its own, so that both live in one JVM. */
enum HostFramework {
  FELIX("org.apache.felix.framework.jar"),
  /** Of OSGi R7. */
  OLDER_FELIX("older/org.apache.felix.framework.jar"),
  EQUINOX("org.eclipse.osgi.jar");

  static final Path BUNDLES = Path.of("target", "it-bundles").toAbsolutePath();

  private final String jar;

  HostFramework(String jar) {
    this.jar = jar;
  }

  /** A loader with this framework and the scenarios, everything else from the test's class path. */
  URLClassLoader loader() {
    try {
      URL framework = BUNDLES.resolve(jar).toUri().toURL();
      URL tests = Path.of("target", "test-classes").toUri().toURL();
      return new ApartLoader(framework, tests);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static final class ApartLoader extends URLClassLoader {
    ApartLoader(URL framework, URL tests) {
      super(new URL[] {framework, tests}, HostFramework.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      synchronized (getClassLoadingLock(name)) {
        Class<?> loaded = findLoadedClass(name);
        return loaded != null
            ? loaded
            : isApart(name) ? findClass(name) : super.loadClass(name, resolve);
      }
    }

    private static boolean isApart(String name) {
      return name.startsWith("org.osgi.")
          || name.startsWith("org.apache.felix.")
          || name.startsWith("org.eclipse.")
          || name.startsWith(HostFramework.class.getPackageName() + ".");
    }

    /** The framework's own service files only: the class path may hold another framework. */
    @Override
    public Enumeration<URL> getResources(String name) throws IOException {
      return name.startsWith("META-INF/services/org.osgi.")
          ? findResources(name)
          : super.getResources(name);
    }
  }
}
