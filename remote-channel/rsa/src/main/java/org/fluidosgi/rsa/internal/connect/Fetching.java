package org.fluidosgi.rsa.internal.connect;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.fluidosgi.channel.ChannelException;
import org.fluidosgi.rsa.internal.call.RemoteInvocation;
import org.fluidosgi.rsa.internal.call.RemoteTarget;
import org.fluidosgi.rsa.internal.hooks.PackageVersions;
import org.fluidosgi.rsa.internal.osgi.CodecSpace;
import org.fluidosgi.rsa.internal.osgi.CodecSpaces;
import org.fluidosgi.rsa.internal.osgi.Interfaces;
import org.fluidosgi.rsa.internal.proxy.ProxyMaker;
import org.fluidosgi.rsa.spi.CodecFactory;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceException;
import org.osgi.framework.Version;
import org.osgi.service.remoteserviceadmin.EndpointDescription;

/** Makes the proxies of one connection and sends its asynchronous calls.
 * State: one class space for each list of interfaces in use, given back at the end; guarded by itself. Threads: any. */
final class Fetching {
  /** What all connections of a node share: class spaces and the codec. */
  record Shared(BundleContext context, CodecSpaces spaces, CodecFactory codec) {}

  private final Shared shared;
  private final Bundle bundle;
  private final RemoteInvocation.Context invocations;
  private final Supplier<@Nullable ChannelException> end;
  private final Map<List<Class<?>>, CodecSpace> spaces = new HashMap<>();
  private boolean closed;

  /** Shape: {@code end} gives why the connection is over, null while it is not. */
  Fetching(
      Shared shared,
      Bundle bundle,
      RemoteInvocation.Context invocations,
      Supplier<@Nullable ChannelException> end) {
    this.shared = shared;
    this.bundle = bundle;
    this.invocations = invocations;
    this.end = end;
  }

  <S> S fetch(LeasedReference reference, Class<S> type) {
    check(reference, type);
    return type.cast(proxy(reference, List.of(type), List.of()));
  }

  Object fetch(LeasedReference reference) {
    EndpointDescription endpoint = reference.target().endpoint();
    Interfaces.Found found = Interfaces.forConsumer(shared.context(), bundle, endpoint);
    if (found.classes().isEmpty()) {
      throw new IllegalArgumentException("no interface of " + reference + " is visible to bundle "
          + bundle.getSymbolicName() + " or exported here: install the bundle of its API");
    }
    found.classes().forEach(type -> check(reference, type));
    return proxy(reference, found.classes(), found.missing());
  }

  CompletableFuture<Object> call(
      LeasedReference reference, Class<?> type, Recorder.Recorded recorded) {
    try {
      return invocation(new Fetched(reference), List.of(type))
          .invokeLater(recorded.method(), recorded.arguments());
    } catch (ServiceException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  void release(Object service) {
    InvocationHandler handler =
        Proxy.isProxyClass(service.getClass()) ? Proxy.getInvocationHandler(service) : null;
    if (handler instanceof FetchedHandler fetched && fetched.owner() == this) {
      fetched.fetched().released = true;
    } else {
      throw new IllegalArgumentException(
          service.getClass().getName() + " was not fetched from this connection");
    }
  }

  /** Errors: IllegalArgumentException unless the reference has that interface, in a version that fits. */
  void check(LeasedReference reference, Class<?> type) {
    if (!type.isInterface() || !reference.interfaces().contains(type.getName())) {
      throw new IllegalArgumentException(type.getName() + " is none of the interfaces of "
          + reference + ": " + reference.interfaces());
    }
    String packageName = PackageVersions.packageOf(type.getName());
    Version told = reference.target().endpoint().getPackageVersion(packageName);
    Version seen = Interfaces.packageVersion(type);
    if (seen != null && !PackageVersions.compatible(told, seen)) {
      throw new IllegalArgumentException("package " + packageName + " is of version " + seen
          + " here and of version " + told + " at " + reference.peer().name()
          + ": install its API in version " + told.getMajor());
    }
  }

  private Object proxy(LeasedReference reference, List<Class<?>> classes, List<String> missing) {
    Fetched fetched = new Fetched(reference);
    fetched.target(); // fails when it is not leased any more
    return ProxyMaker.make(
        classes, missing, new FetchedHandler(this, fetched, invocation(fetched, classes)));
  }

  private RemoteInvocation invocation(Fetched fetched, List<Class<?>> classes) {
    return new RemoteInvocation(
        invocations,
        fetched::target,
        fetched.reference.target().service(),
        shared.codec().name(),
        space(classes).codec(shared.codec()));
  }

  private CodecSpace space(List<Class<?>> classes) {
    synchronized (spaces) {
      if (closed) {
        throw gone("the connection is closed");
      }
      return spaces.computeIfAbsent(List.copyOf(classes), shared.spaces()::acquire);
    }
  }

  /** Gives the class spaces back; nothing is fetched any more. */
  void close() {
    synchronized (spaces) {
      closed = true;
      spaces.values().forEach(shared.spaces()::release);
      spaces.clear();
    }
  }

  private static ServiceException gone(String why) {
    return new ServiceException(
        why + "; effect none: it was not executed", ServiceException.REMOTE);
  }

  /** What a proxy stands for. State: released, once and for good. */
  private final class Fetched {
    private final LeasedReference reference;
    private volatile boolean released;

    Fetched(LeasedReference reference) {
      this.reference = reference;
    }

    /** Errors: ServiceException when calls cannot be made any more. */
    RemoteTarget target() {
      ChannelException over = end.get();
      if (over != null) {
        throw gone(
            "the connection to " + reference.peer().name() + " is closed: " + over.getMessage());
      }
      if (!reference.isLeased()) {
        throw gone("the lease of " + reference + " has ended");
      }
      if (released) {
        throw new ServiceException(
            "service " + reference.target().service()
                + " was released: fetch it again; effect none",
            ServiceException.UNREGISTERED);
      }
      return reference.target();
    }
  }

  /** What every fetched proxy does. */
  private record FetchedHandler(Fetching owner, Fetched fetched, RemoteInvocation invocation)
      implements InvocationHandler {
    @Override
    public @Nullable Object invoke(
        Object proxy, Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
      return invocation.invoke(proxy, method, arguments);
    }
  }
}
