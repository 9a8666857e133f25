package org.fluidosgi.rsa.internal.osgi;

import java.lang.System.Logger.Level;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.fluidosgi.rsa.internal.call.RemoteInvocation;
import org.fluidosgi.rsa.internal.call.RemoteTarget;
import org.fluidosgi.rsa.internal.proxy.ProxyMaker;
import org.fluidosgi.rsa.spi.Codec;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.ServiceException;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;

/** One imported endpoint: its proxy factory, registered once for all its import registrations.
 * State: the target, replaced by updates; closed, once and for good; the proxies that bundles hold, with their class spaces. Threads: any. */
final class SharedImport {
  private static final System.Logger LOG = System.getLogger("org.fluidosgi.rsa");

  final String id;
  final List<OpenImport> registrations = new ArrayList<>();
  private final Provider provider;
  private final Map<Object, CodecSpace> proxies = new IdentityHashMap<>();
  private final AtomicBoolean warned = new AtomicBoolean();
  private volatile RemoteTarget target;
  private volatile boolean closed;
  private volatile @Nullable ServiceRegistration<?> registration;

  SharedImport(Provider provider, RemoteTarget target) {
    this.provider = provider;
    this.id = target.endpoint().getId();
    this.target = target;
  }

  @Nullable
  RemoteTarget target() {
    return closed ? null : target;
  }

  void retarget(RemoteTarget changed) {
    target = changed;
    ServiceRegistration<?> now = registration;
    if (now != null && !closed) {
      now.setProperties(provider.serviceProperties(changed.endpoint()));
    }
  }

  /** Has the framework tell of the proxy as if it were modified. */
  void show() {
    RemoteTarget now = target;
    if (now != null) {
      try {
        retarget(now);
      } catch (IllegalStateException e) {
        LOG.log(Level.DEBUG, "the import ended meanwhile", e);
      }
    }
  }

  /** Registers the proxy factory. Errors: IllegalStateException when our bundle is stopping. */
  void register() {
    RemoteTarget now = target();
    if (now == null) {
      return;
    }
    ServiceRegistration<?> made = provider
        .context()
        .registerService(
            now.endpoint().getInterfaces().toArray(String[]::new),
            provider.factories().factory(this::proxyFor, (bundle, proxy) -> drop(proxy)),
            provider.serviceProperties(now.endpoint()));
    registration = made;
    if (closed) {
      unregister(made); // closed while the framework told its listeners
    }
  }

  @Nullable
  ServiceReference<?> reference() {
    ServiceRegistration<?> now = registration;
    try {
      return now == null ? null : now.getReference();
    } catch (IllegalStateException e) {
      return null; // unregistered meanwhile
    }
  }

  void close() {
    closed = true;
    ServiceRegistration<?> now = registration;
    if (now != null) {
      unregister(now);
    }
  }

  private static void unregister(ServiceRegistration<?> registration) {
    try {
      registration.unregister();
    } catch (IllegalStateException e) {
      return; // somebody was faster, or our bundle is stopping
    }
  }

  private Object proxyFor(Bundle consumer) {
    RemoteTarget now = target();
    if (now == null) {
      throw new ServiceException(
          "the import of endpoint " + id + " is closed", ServiceException.UNREGISTERED);
    }
    Interfaces.Found found = Interfaces.forConsumer(provider.context(), consumer, now.endpoint());
    if (found.classes().isEmpty()) {
      String text = "no proxy of " + now.service() + " for bundle " + consumer
          + ": no bundle here provides a matching version of its package; install the bundle of its API";
      warn(text, null);
      throw new ServiceException(text, ServiceException.FACTORY_ERROR);
    }
    CodecSpace space = provider.spaces().acquire(found.classes());
    try {
      Codec codec = space.codec(provider.defaultCodec());
      Object proxy = ProxyMaker.make(
          found.classes(),
          found.missing(),
          new RemoteInvocation(
              provider.invocations(),
              this::target,
              now.service(),
              provider.defaultCodec().name(),
              codec));
      synchronized (proxies) {
        proxies.put(proxy, space);
      }
      return proxy;
    } catch (RuntimeException | LinkageError e) {
      provider.spaces().release(space);
      String text = "no proxy of " + now.service() + " for bundle " + consumer + ": " + e;
      warn(text, e);
      throw new ServiceException(text, ServiceException.FACTORY_ERROR, e);
    }
  }

  private void warn(String text, @Nullable Throwable cause) {
    if (warned.compareAndSet(false, true)) {
      LOG.log(Level.WARNING, provider.nodeName() + ": " + text, cause);
    }
  }

  private void drop(Object proxy) {
    CodecSpace space;
    synchronized (proxies) {
      space = Proxy.isProxyClass(proxy.getClass()) ? proxies.remove(proxy) : null;
    }
    if (space != null) {
      provider.spaces().release(space);
    }
  }
}
