package org.fluidosgi.discovery.internal;

import java.util.Dictionary;
import java.util.Hashtable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.fluidosgi.channel.LocalNode;
import org.fluidosgi.channel.Registration;
import org.fluidosgi.registry.Interest;
import org.fluidosgi.registry.RegistryStore;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.remoteserviceadmin.EndpointEventListener;

/** Both directions of discovery on one store, from its appearing to its going. */
final class Discovery implements Registration {
  private final LocalEndpoints local;
  private final RemoteEndpoints remote;
  private final ListenerTracker listeners;
  private final ServiceRegistration<?> service;
  private final Registration subscription;
  private final AtomicBoolean closed = new AtomicBoolean();

  @SuppressWarnings("deprecation")
  Discovery(BundleContext context, LocalNode node, RegistryStore store) {
    local = new LocalEndpoints(node, store);
    remote = new RemoteEndpoints(node.info().id(), node.info().name());
    try {
      listeners = new ListenerTracker(context, remote);
    } catch (InvalidSyntaxException e) {
      throw new IllegalStateException("the filter for listener services is wrong", e);
    }
    subscription = store.subscribe(Interest.inKind(EndpointRecords.KIND), remote);
    listeners.open();
    Dictionary<String, Object> properties = new Hashtable<>();
    properties.put(
        EndpointEventListener.ENDPOINT_LISTENER_SCOPE,
        "(endpoint.framework.uuid=" + context.getProperty(Constants.FRAMEWORK_UUID) + ")");
    properties.put(ListenerTracker.OWN, true);
    service = context.registerService(
        new String[] {
          EndpointEventListener.class.getName(),
          org.osgi.service.remoteserviceadmin.EndpointListener.class.getName()
        },
        local,
        properties);
  }

  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    local.close();
    service.unregister();
    subscription.close();
    remote.close();
    listeners.close();
  }
}
