package org.fluidosgi.rsa.internal.proxy;

import java.util.function.BiConsumer;
import java.util.function.Function;
import org.osgi.framework.Bundle;
import org.osgi.framework.ServiceFactory;
import org.osgi.framework.ServiceRegistration;

/** Service factory that hands on to functions; knows JDK and framework types only.
 * Invariant: this class is defined a second time in a loader that stands for bundle 0. A framework asks the factory's own loader
 * whether a consumer may see the service; from bundle 0 everybody may, from our bundle nobody who imports the interface.
 * Threads: any. Source: trials, registering proxies. */
public final class ProxyFactory implements ServiceFactory<Object> {
  private final Function<Bundle, Object> make;
  private final BiConsumer<Bundle, Object> drop;

  /** Public, for it is called across loaders. */
  public ProxyFactory(Function<Bundle, Object> make, BiConsumer<Bundle, Object> drop) {
    this.make = make;
    this.drop = drop;
  }

  @Override
  public Object getService(Bundle bundle, ServiceRegistration<Object> registration) {
    return make.apply(bundle);
  }

  @Override
  public void ungetService(
      Bundle bundle, ServiceRegistration<Object> registration, Object service) {
    drop.accept(bundle, service);
  }
}
