package org.fluidosgi.framework.internal.context;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.Dictionary;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import org.fluidosgi.framework.VirtualBundle;
import org.fluidosgi.framework.VirtualBundleContext;
import org.fluidosgi.framework.internal.HostBundles;
import org.fluidosgi.topology.spi.Region;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.BundleException;
import org.osgi.framework.BundleListener;
import org.osgi.framework.Constants;
import org.osgi.framework.Filter;
import org.osgi.framework.FrameworkListener;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceFactory;
import org.osgi.framework.ServiceListener;
import org.osgi.framework.ServiceObjects;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;
import org.osgi.framework.SynchronousBundleListener;

/** A context of the group in front of a host bundle's own context.
 * So the host attributes services, listeners and use counts to the right bundle, and ends them with it. Bundles are those of the group, id 0
 * is the virtual system bundle; an id or location that no virtual bundle has is looked up at the host (a host's id is below 2^32, a virtual
 * one never). A service fetched here is the host's own object.
 * Threads: as {@link BundleContext}. Errors: IllegalStateException once the bundle is stopped. */
abstract class ContextView implements BundleContext {
  private static final Logger LOG = System.getLogger("org.fluidosgi.framework");

  private static final int PASSING =
      BundleEvent.STARTING | BundleEvent.STOPPING | BundleEvent.LAZY_ACTIVATION;

  private final BundleView owner;
  private final BundleContext raw;
  private final HostView view;
  private final ListenerTable<ServiceListener> serviceListeners;
  private final ListenerTable<BundleListener> bundleListeners;
  private final ListenerTable<FrameworkListener> frameworkListeners;

  ContextView(BundleView owner, BundleContext raw) {
    HostView view = owner.view();
    this.owner = owner;
    this.raw = raw;
    this.view = view;
    serviceListeners = new ListenerTable<>(listener -> ListenerViews.service(listener, view));
    bundleListeners =
        new ListenerTable<>(listener -> ListenerViews.bundle(listener, view, this::hears));
    frameworkListeners = new ListenerTable<>(listener -> ListenerViews.framework(listener, view));
  }

  final HostView view() {
    return view;
  }

  final BundleContext raw() {
    return raw;
  }

  /** Whether its bundle still runs, in the run that this context belongs to. */
  boolean isValid() {
    return raw.equals(owner.host().getBundleContext());
  }

  /** What acts, which refuses by itself when this context is no longer valid. */
  BundleContext live() {
    return raw;
  }

  final void checkValid() {
    if (!isValid()) {
      throw new IllegalStateException(
          "the " + this + " is no longer valid: that bundle was stopped");
    }
  }

  /** Nobody listens through it any more. */
  final void removeListeners() {
    serviceListeners.removeAll(raw::removeServiceListener);
    bundleListeners.removeAll(raw::removeBundleListener);
    frameworkListeners.removeAll(raw::removeFrameworkListener);
  }

  @Override
  public @Nullable String getProperty(String key) {
    return live().getProperty(key);
  }

  @Override
  public Bundle installBundle(String location, @Nullable InputStream input) throws BundleException {
    checkValid();
    Bundle known = view.bundles().byLocation(location, region());
    if (known == null) {
      return install(location, input);
    }
    try {
      if (input != null) {
        input.close();
      }
    } catch (IOException e) {
      throw new BundleException("install " + location + ": its stream cannot be closed: " + e, e);
    }
    return known;
  }

  /** Installs what is not installed yet. */
  VirtualBundle install(String location, @Nullable InputStream input) throws BundleException {
    return view.bundles().install(location, input);
  }

  @Override
  public Bundle installBundle(String location) throws BundleException {
    return installBundle(location, null);
  }

  @Override
  public @Nullable Bundle getBundle(long id) {
    checkValid();
    VirtualBundle virtual =
        id == Constants.SYSTEM_BUNDLE_ID ? null : view.bundles().byId(id);
    return virtual == null ? seen(live().getBundle(id)) : isVisible(virtual) ? virtual : null;
  }

  @Override
  public @Nullable Bundle getBundle(String location) {
    checkValid();
    Bundle virtual = view.bundles().byLocation(location, region());
    return virtual != null ? virtual : seen(live().getBundle(location));
  }

  private @Nullable Bundle seen(@Nullable Bundle host) {
    return host == null ? null : view.bundle(host);
  }

  @Override
  public Bundle[] getBundles() {
    checkValid();
    List<VirtualBundle> group = view.bundles().all();
    List<Bundle> all = new ArrayList<>(group.size() + 1);
    all.add(view.bundle(live().getBundle(Constants.SYSTEM_BUNDLE_ID)));
    for (VirtualBundle bundle : group) {
      if (tellsOf(bundle)) {
        all.add(bundle);
      }
    }
    return all.toArray(new Bundle[0]);
  }

  /** Whether it lists that bundle of the group, and tells what becomes of it. */
  final boolean tellsOf(VirtualBundle bundle) {
    return bundle instanceof BundleView || (seesOtherNodes() && isVisible(bundle));
  }

  /** Whether it lists bundles of other nodes, and tells what becomes of them. */
  abstract boolean seesOtherNodes();

  /** The region whose bundles can be had through it. */
  Region region() {
    return view.bundles().region();
  }

  private boolean isVisible(VirtualBundle bundle) {
    Region region = region();
    return region.isNone()
        || bundle instanceof BundleView
        || region.sees(bundle.node().region());
  }

  /** Installs where it is said: see {@link VirtualBundleContext#installBundle(String, InputStream, String)}. */
  final VirtualBundle installOn(
      String location, @Nullable InputStream input, @Nullable String where) throws BundleException {
    checkValid();
    HostBundles bundles = view.bundles();
    if (where == null || where.strip().startsWith("(")) {
      String region = region().filter();
      String filter = where == null || region.isEmpty()
          ? region + Objects.requireNonNullElse(where, "")
          : "(&" + region + where + ")";
      return bundles.place(location, input, filter.isEmpty() ? null : filter);
    }
    return bundles.install(location, input, bundles.framework().node(where));
  }

  @Override
  public void addServiceListener(ServiceListener listener, @Nullable String filter)
      throws InvalidSyntaxException {
    serviceListeners.<InvalidSyntaxException>add(
        listener, front -> live().addServiceListener(front, forHost(filter)));
  }

  @Override
  public void addServiceListener(ServiceListener listener) {
    serviceListeners.<RuntimeException>add(listener, live()::addServiceListener);
  }

  @Override
  public void removeServiceListener(ServiceListener listener) {
    checkValid();
    serviceListeners.<RuntimeException>remove(listener, live()::removeServiceListener);
  }

  @Override
  public void addBundleListener(BundleListener listener) {
    bundleListeners.<RuntimeException>add(listener, live()::addBundleListener);
    view.groupListeners().add(this);
  }

  /** Whether that one still listens here. */
  private boolean hears(BundleListener listener) {
    return isValid() && bundleListeners.has(listener);
  }

  /** Tells those of the bundle listeners what the host does not; those who are not synchronous hear of no passing states (core 4.7). */
  final void tell(BundleEvent event, Predicate<BundleListener> which) {
    boolean passing = (event.getType() & PASSING) != 0;
    for (BundleListener listener : bundleListeners.listeners()) {
      if (which.test(listener) && (!passing || listener instanceof SynchronousBundleListener)) {
        try {
          listener.bundleChanged(event);
        } catch (RuntimeException | LinkageError e) {
          LOG.log(Level.WARNING, "a bundle listener of " + owner + " failed on " + event, e);
        }
      }
    }
  }

  @Override
  public void removeBundleListener(BundleListener listener) {
    checkValid();
    bundleListeners.<RuntimeException>remove(listener, live()::removeBundleListener);
  }

  @Override
  public void addFrameworkListener(FrameworkListener listener) {
    frameworkListeners.<RuntimeException>add(listener, live()::addFrameworkListener);
  }

  @Override
  public void removeFrameworkListener(FrameworkListener listener) {
    checkValid();
    frameworkListeners.<RuntimeException>remove(listener, live()::removeFrameworkListener);
  }

  @Override
  public ServiceRegistration<?> registerService(
      String[] names, Object service, @Nullable Dictionary<String, ?> properties) {
    return registered(live().registerService(names, forHost(service), properties));
  }

  @Override
  public ServiceRegistration<?> registerService(
      String name, Object service, @Nullable Dictionary<String, ?> properties) {
    return registered(live().registerService(name, forHost(service), properties));
  }

  @Override
  @SuppressWarnings(
      "unchecked") // registered under that class' name, which is what the other method does with it
  public <S> ServiceRegistration<S> registerService(
      Class<S> type, S service, @Nullable Dictionary<String, ?> properties) {
    return (ServiceRegistration<S>) registerService(type.getName(), service, properties);
  }

  @Override
  @SuppressWarnings("unchecked")
  public <S> ServiceRegistration<S> registerService(
      Class<S> type, ServiceFactory<S> factory, @Nullable Dictionary<String, ?> properties) {
    return (ServiceRegistration<S>) registerService(type.getName(), factory, properties);
  }

  private Object forHost(Object service) {
    return FactoryView.forHost(service, view);
  }

  private <S> ServiceRegistration<S> registered(ServiceRegistration<S> registration) {
    return new RegistrationView<>(registration, view, Map.of());
  }

  @Override
  public ServiceReference<?> @Nullable [] getServiceReferences(
      @Nullable String name, @Nullable String filter) throws InvalidSyntaxException {
    return view.references(live().getServiceReferences(name, forHost(filter)));
  }

  @Override
  public ServiceReference<?> @Nullable [] getAllServiceReferences(
      @Nullable String name, @Nullable String filter) throws InvalidSyntaxException {
    return view.references(live().getAllServiceReferences(name, forHost(filter)));
  }

  private @Nullable String forHost(@Nullable String filter) throws InvalidSyntaxException {
    if (filter == null || !HostFilters.concerns(filter)) {
      return filter;
    }
    return HostFilters.forHost(live().createFilter(filter).toString(), view.bundles());
  }

  @Override
  public @Nullable ServiceReference<?> getServiceReference(String name) {
    ServiceReference<?> found = live().getServiceReference(name);
    if (found == null) {
      return null;
    }
    ServiceReference<?> seen = view.reference(found);
    if (!isElsewhere(seen)) {
      return seen;
    }
    try {
      return best(getServiceReferences(name, null));
    } catch (InvalidSyntaxException e) {
      throw new AssertionError("no filter is a valid filter", e);
    }
  }

  /** Of services of other nodes the host knows the order in which they were imported only; one of this node it has hidden them for. */
  private static boolean isElsewhere(ServiceReference<?> reference) {
    return reference instanceof ReferenceView<?> seen && seen.isElsewhere();
  }

  private static @Nullable ServiceReference<?> best(ServiceReference<?> @Nullable [] references) {
    return references == null
        ? null
        : Arrays.stream(references).max(Comparator.naturalOrder()).orElse(null);
  }

  @Override
  @SuppressWarnings("unchecked") // registered under that class' name
  public <S> @Nullable ServiceReference<S> getServiceReference(Class<S> type) {
    return (ServiceReference<S>) getServiceReference(type.getName());
  }

  @Override
  public <S> Collection<ServiceReference<S>> getServiceReferences(
      Class<S> type, @Nullable String filter) throws InvalidSyntaxException {
    Collection<ServiceReference<S>> found = live().getServiceReferences(type, forHost(filter));
    List<ServiceReference<S>> seen = new ArrayList<>(found.size());
    for (ServiceReference<S> each : found) {
      seen.add(view.reference(each));
    }
    return seen;
  }

  @Override
  public <S> @Nullable S getService(ServiceReference<S> reference) {
    return live().getService(HostView.raw(reference));
  }

  @Override
  public boolean ungetService(ServiceReference<?> reference) {
    return live().ungetService(HostView.raw(reference));
  }

  @Override
  public <S> @Nullable ServiceObjects<S> getServiceObjects(ServiceReference<S> reference) {
    ServiceObjects<S> objects = live().getServiceObjects(HostView.raw(reference));
    return objects == null ? null : new ServiceObjectsView<>(objects, view);
  }

  @Override
  public @Nullable File getDataFile(String filename) {
    return live().getDataFile(filename);
  }

  @Override
  public Filter createFilter(String filter) throws InvalidSyntaxException {
    return live().createFilter(filter);
  }

  @Override
  public String toString() {
    return "context of " + owner;
  }
}
