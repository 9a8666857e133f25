package org.fluidosgi.rsa.internal.proxy;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleReference;
import org.osgi.framework.ServiceFactory;

/** Defines {@link ProxyFactory} again, from our bundle's own class file, as if it came from bundle 0.
 * Threads: any; one loader for each start of our bundle. */
public final class FactoryLoader extends ClassLoader implements BundleReference {
  private final Bundle systemBundle;
  private final Class<?> factoryClass;

  public FactoryLoader(Bundle systemBundle) {
    super("fluid-rsa-factory", ProxyFactory.class.getClassLoader());
    this.systemBundle = systemBundle;
    String name = ProxyFactory.class.getName();
    try (InputStream file = ProxyFactory.class.getResourceAsStream("ProxyFactory.class")) {
      if (file == null) {
        throw new IllegalStateException("our own class file is missing: " + name);
      }
      byte[] bytes = file.readAllBytes();
      factoryClass = defineClass(name, bytes, 0, bytes.length);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public Bundle getBundle() {
    return systemBundle;
  }

  /** A factory whose class belongs to this loader. */
  public ServiceFactory<?> factory(Function<Bundle, Object> make, BiConsumer<Bundle, Object> drop) {
    try {
      return (ServiceFactory<?>)
          factoryClass.getConstructor(Function.class, BiConsumer.class).newInstance(make, drop);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("the proxy factory cannot be made", e);
    }
  }
}
