package org.fluidosgi.discovery.internal;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.service.remoteserviceadmin.EndpointEventListener;
import org.osgi.util.tracker.ServiceTracker;

/** Follows the listener services of this framework, of both interfaces. A service that is both is called as event listener only.
 * Threads: the framework's; hands over to {@link RemoteEndpoints}. */
@SuppressWarnings("deprecation")
final class ListenerTracker extends ServiceTracker<Object, Object> {
  /** Property of our own listener; the bundle alone does not tell, since the all-in-one bundle holds other listeners too. */
  static final String OWN = "fluid.discovery.own";

  private static final String SCOPE = EndpointEventListener.ENDPOINT_LISTENER_SCOPE;
  private static final String EVENTS = EndpointEventListener.class.getName();
  private static final String PLAIN =
      org.osgi.service.remoteserviceadmin.EndpointListener.class.getName();

  private final RemoteEndpoints remote;

  ListenerTracker(BundleContext context, RemoteEndpoints remote) throws InvalidSyntaxException {
    super(
        context,
        FrameworkUtil.createFilter("(|(objectClass=" + EVENTS + ")(objectClass=" + PLAIN + "))"),
        null);
    this.remote = remote;
  }

  @Override
  public @Nullable Object addingService(ServiceReference<Object> reference) {
    if (context.getBundle().equals(reference.getBundle()) && reference.getProperty(OWN) != null) {
      return null; // our own, which listens for local endpoints
    }
    Object service = context.getService(reference);
    ToldListener.Caller caller = caller(reference, service);
    if (service == null || caller == null) {
      return null;
    }
    remote.addListener(reference, name(reference), caller, scope(reference));
    return service;
  }

  @Override
  public void modifiedService(ServiceReference<Object> reference, Object service) {
    remote.changeScope(reference, scope(reference));
  }

  @Override
  public void removedService(ServiceReference<Object> reference, Object service) {
    remote.removeListener(reference, () -> {
      try {
        context.ungetService(reference);
      } catch (IllegalStateException e) {
        // Our bundle has stopped meanwhile: the framework has released the service.
      }
    });
  }

  private static ToldListener.@Nullable Caller caller(
      ServiceReference<Object> reference, @Nullable Object service) {
    Object property = reference.getProperty(Constants.OBJECTCLASS);
    boolean events = property instanceof String[] names && Arrays.asList(names).contains(EVENTS);
    if (events && service instanceof EndpointEventListener listener) {
      return ToldListener.events(listener);
    }
    if (!events
        && service instanceof org.osgi.service.remoteserviceadmin.EndpointListener listener) {
      return ToldListener.plain(listener);
    }
    return null;
  }

  private static ListenerScope scope(ServiceReference<Object> reference) {
    return ListenerScope.of(reference.getProperty(SCOPE), name(reference));
  }

  private static String name(ServiceReference<Object> reference) {
    return reference.getProperty(Constants.SERVICE_ID) + " of " + reference.getBundle();
  }
}
