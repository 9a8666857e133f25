package org.fluidosgi.framework.internal.context;

import java.io.File;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Dictionary;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.fluidosgi.framework.VirtualBundle;
import org.fluidosgi.framework.VirtualFramework;
import org.fluidosgi.framework.internal.ContextElsewhere;
import org.fluidosgi.framework.internal.ServiceIds;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceObjects;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;

/** The context of a bundle of another node, for one run of it: looks and listens on this node, installs on the bundle's node, and registers in
 * its name what lives here. The host knows nobody of that name: services are fetched by its system bundle, and registered by the bundle of
 * their class, which has the class space that consumers and exporters ask for. Closing ends all of it, as the end of a run ends what was begun
 * through any other context. There is no data file, and properties are those of this node.
 * Threads: as {@link BundleContext}; what is begun is guarded by itself. */
final class RemoteContext extends ContextView implements ContextElsewhere {
  private final VirtualBundle bundle;
  private final List<ServiceRegistration<?>> registrations = new ArrayList<>();
  private final Map<ServiceReference<?>, Integer> uses = new HashMap<>();
  private final List<CountedObjects<?>> objects = new ArrayList<>();
  private volatile boolean closed;

  RemoteContext(VirtualBundle bundle, SystemBundleView system, BundleContext raw) {
    super(system, raw);
    this.bundle = bundle;
  }

  @Override
  boolean isValid() {
    return !closed && super.isValid();
  }

  @Override
  BundleContext live() {
    checkValid();
    return raw();
  }

  @Override
  boolean seesOtherNodes() {
    return true;
  }

  @Override
  public VirtualFramework getVirtualFramework() {
    return view().bundles().framework();
  }

  @Override
  public VirtualBundle installBundle(
      String location, @Nullable InputStream content, @Nullable String where)
      throws BundleException {
    return installOn(location, content, where);
  }

  @Override
  public VirtualBundle getBundle() {
    checkValid();
    return bundle;
  }

  @Override
  VirtualBundle install(String location, @Nullable InputStream input) throws BundleException {
    return view().bundles().install(location, input, bundle.node());
  }

  @Override
  public @Nullable File getDataFile(String filename) {
    checkValid();
    return null;
  }

  @Override
  public ServiceRegistration<?> registerService(
      String[] names, Object service, @Nullable Dictionary<String, ?> properties) {
    Map<String, Object> fixed = Map.of(ServiceIds.BUNDLE, bundle.getBundleId());
    ServiceRegistration<?> made = registrar(service)
        .registerService(
            names, FactoryView.forHost(service, view()), RegistrationView.with(fixed, properties));
    return begun(new RegistrationView<>(made, view(), fixed));
  }

  /** The context of the bundle whose class that is. */
  private BundleContext registrar(Object service) {
    BundleContext here = live();
    Bundle of = FrameworkUtil.getBundle(service.getClass());
    BundleContext theirs = of == null ? null : of.getBundleContext();
    return theirs == null ? here : theirs;
  }

  private ServiceRegistration<?> begun(ServiceRegistration<?> registration) {
    synchronized (registrations) {
      if (!closed) {
        registrations.removeIf(RemoteContext::isOver);
        registrations.add(registration);
        return registration;
      }
    }
    unregister(registration);
    checkValid();
    return registration;
  }

  private static boolean isOver(ServiceRegistration<?> registration) {
    try {
      return registration.getReference().getBundle() == null;
    } catch (IllegalStateException e) {
      return true; // the host says it this way
    }
  }

  private static void unregister(ServiceRegistration<?> registration) {
    try {
      registration.unregister();
    } catch (IllegalStateException e) {
      return; // its bundle has stopped, or somebody else was first
    }
  }

  @Override
  public ServiceRegistration<?> registerService(
      String name, Object service, @Nullable Dictionary<String, ?> properties) {
    return registerService(new String[] {name}, service, properties);
  }

  @Override
  public <S> @Nullable S getService(ServiceReference<S> reference) {
    S service = super.getService(reference);
    if (service != null) {
      synchronized (uses) {
        if (!closed) {
          uses.merge(HostView.raw(reference), 1, Integer::sum);
          return service;
        }
      }
      raw().ungetService(HostView.raw(reference));
      checkValid();
    }
    return service;
  }

  @Override
  public boolean ungetService(ServiceReference<?> reference) {
    ServiceReference<?> raw = HostView.raw(reference);
    synchronized (uses) {
      if (uses.computeIfPresent(raw, (key, count) -> count - 1) == null) {
        live();
        return false;
      }
      uses.remove(raw, 0);
    }
    return raw().ungetService(raw);
  }

  @Override
  public <S> @Nullable ServiceObjects<S> getServiceObjects(ServiceReference<S> reference) {
    ServiceObjects<S> found = super.getServiceObjects(reference);
    if (found == null) {
      return null;
    }
    CountedObjects<S> counted = new CountedObjects<>(found);
    synchronized (objects) {
      objects.add(counted);
    }
    if (closed) {
      counted.close();
      checkValid();
    }
    return counted;
  }

  @Override
  public void invalidate() {
    closed = true;
  }

  @Override
  public void close() {
    invalidate();
    List<ServiceRegistration<?>> last;
    synchronized (registrations) {
      last = List.copyOf(registrations);
      registrations.clear();
    }
    last.forEach(RemoteContext::unregister);
    try {
      removeListeners();
      endUses();
    } catch (IllegalStateException e) {
      return; // the host has stopped, which ended them
    }
  }

  private void endUses() {
    Map<ServiceReference<?>, Integer> last;
    synchronized (uses) {
      last = Map.copyOf(uses);
      uses.clear();
    }
    last.forEach((reference, count) -> {
      for (int i = 0; i < count; i++) {
        raw().ungetService(reference);
      }
    });
    List<CountedObjects<?>> counted;
    synchronized (objects) {
      counted = List.copyOf(objects);
      objects.clear();
    }
    counted.forEach(CountedObjects::close);
  }

  @Override
  public String toString() {
    return "context of " + bundle;
  }
}
