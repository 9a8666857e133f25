package org.fluidosgi.framework.it;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Dictionary;
import java.util.HashSet;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.BundleListener;
import org.osgi.framework.Constants;
import org.osgi.framework.Filter;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.FrameworkListener;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.PrototypeServiceFactory;
import org.osgi.framework.ServiceEvent;
import org.osgi.framework.ServiceFactory;
import org.osgi.framework.ServiceListener;
import org.osgi.framework.ServiceObjects;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;
import org.osgi.framework.SynchronousBundleListener;
import org.osgi.framework.UnfilteredServiceListener;
import org.osgi.framework.wiring.FrameworkWiring;
import org.osgi.util.tracker.BundleTracker;
import org.osgi.util.tracker.ServiceTracker;

/** What a virtual context does, driven through the context that a virtual bundle was given. */
public final class ContextScenario extends RunningFramework {
  private final Bundle host;
  private final BundleContext virtual;
  private final Bundle bundle;

  public ContextScenario(Path directory) throws Exception {
    super(directory);
    try {
      host = plain("virtual:plain");
      host.start(Bundle.START_TRANSIENT);
      virtual = (BundleContext) seen.get("start");
      bundle = virtual.getBundle();
    } catch (Exception e) {
      close();
      throw e;
    }
  }

  private static Dictionary<String, Object> properties(String key, Object value) {
    return new Hashtable<>(Map.of(key, value));
  }

  @Scenario
  public void serviceIsTheVirtualBundlesAndTheVeryObject() throws Exception {
    Runnable service = () -> {};
    ServiceRegistration<Runnable> registration =
        virtual.registerService(Runnable.class, service, properties("x", 1));
    ServiceReference<Runnable> reference = virtual.getServiceReference(Runnable.class);
    ServiceReference<Runnable> raw = context.getServiceReference(Runnable.class);
    assertEquals(registration.getReference(), reference);
    assertEquals(registration.getReference().hashCode(), reference.hashCode());
    assertEquals(0, reference.compareTo(registration.getReference()));
    assertEquals(0, reference.compareTo(raw), "a raw reference may come from elsewhere");
    assertEquals(host, raw.getBundle());
    assertEquals(bundle, reference.getBundle());
    assertEquals(bundle.getBundleId(), reference.getProperty(Constants.SERVICE_BUNDLEID));
    assertEquals(1, reference.getProperties().get("x"));
    assertSame(service, virtual.getService(reference));
    assertSame(service, virtual.getService(raw));
    assertSame(service, context.getService(raw));
    assertTrue(Arrays.asList(reference.getUsingBundles()).contains(bundle));
    assertTrue(reference.isAssignableTo(bundle, Runnable.class.getName()));
    assertTrue(virtual.createFilter("(x=1)").match(reference));
    assertTrue(Arrays.asList(bundle.getRegisteredServices()).contains(reference));
    assertTrue(Arrays.asList(bundle.getServicesInUse()).contains(reference));
    ServiceObjects<Runnable> objects = virtual.getServiceObjects(reference);
    assertSame(service, objects.getService());
    assertEquals(reference, objects.getServiceReference());
    objects.ungetService(service);
    assertTrue(virtual.ungetService(reference));
    registration.unregister();
    assertNull(virtual.getServiceReference(Runnable.class));
    assertNull(virtual.getServiceReference(Runnable.class.getName()));
    assertNull(virtual.getServiceReferences((String) null, "(x=1)"));
    assertTrue(virtual.getServiceReferences(Runnable.class, null).isEmpty());
    assertNull(reference.getBundle());
    assertNull(virtual.getService(reference));
  }

  private static final long N2 = 2L << 32;

  private static long id(ServiceReference<?> reference) {
    return (Long) reference.getProperty(Constants.SERVICE_ID);
  }

  /** As a distribution provider registers a service of another node. */
  private ServiceRegistration<Runnable> imported(Object serviceId, Object bundleId) {
    Dictionary<String, Object> properties = properties("service.imported", "true");
    properties.put("fluid.service.id", serviceId);
    properties.put("fluid.bundle.id", bundleId);
    return context.registerService(Runnable.class, () -> {}, properties);
  }

  @Scenario
  public void idsAreThoseOfTheGroup() throws Exception {
    ServiceReference<Runnable> mine =
        virtual.registerService(Runnable.class, () -> {}, null).getReference();
    ServiceReference<Runnable> raw = context.getServiceReference(Runnable.class);
    assertEquals((1L << 32) + id(raw), id(mine));
    assertEquals(id(mine), mine.getProperties().get("service.id"));
    ServiceRegistration<Runnable> registration = imported(N2 + 40, N2 + 7);
    assertEquals(
        1, virtual.getServiceReferences(Runnable.class, "(service.imported=*)").size());
    ServiceReference<Runnable> other = virtual
        .getServiceReferences(Runnable.class, "(service.imported=*)")
        .iterator()
        .next();
    assertEquals(N2 + 40, other.getProperty("Service.ID"));
    assertEquals(N2 + 7, other.getProperty(Constants.SERVICE_BUNDLEID));
    assertEquals(N2 + 7, other.getBundle().getBundleId());
    assertTrue(mine.compareTo(other) > 0, "of equal ranking, the lower id comes first");
    registration.unregister();
    assertNull(other.getBundle());
    assertEquals(N2 + 40, other.getProperty(Constants.SERVICE_ID));
  }

  @Scenario
  public void filtersOnIdsMeanThoseOfTheGroup() throws Exception {
    ServiceReference<Runnable> mine =
        virtual.registerService(Runnable.class, () -> {}, null).getReference();
    imported(N2 + 40, N2 + 7);
    context.registerService(Runnable.class, () -> {}, properties("x", "(service.id=1)"));
    List<ServiceReference<Runnable>> all =
        List.copyOf(virtual.getServiceReferences(Runnable.class, null));
    assertEquals(3, all.size());
    List<String> filters = new ArrayList<>(List.of(
        "(service.id=*)",
        "(service.id=4*)",
        "(service.id=no number)",
        "(!(service.id=" + id(mine) + "))",
        "(x=\\(service.id=1\\))",
        "(service.id=" + id(context.getServiceReference(Runnable.class)) + ")",
        "(&(objectClass=java.lang.Runnable)(|(service.id=5)(service.bundleid=0)))"));
    long far = 3L << 32;
    for (ServiceReference<?> each : all) {
      long bundleId = (Long) each.getProperty(Constants.SERVICE_BUNDLEID);
      for (String operator : List.of("=", "~=", ">=", "<=")) {
        for (long value : List.of(id(each), id(each) + 1, id(each) - 1, 0L, -1L, far)) {
          filters.add("( Service.Id " + operator + value + " )");
        }
        for (long value : List.of(bundleId, bundleId + 1, bundleId - 1, host.getBundleId(), far)) {
          filters.add("(service.bundleid" + operator + value + ")");
        }
      }
    }
    int found = 0;
    for (String filter : filters) {
      Filter parsed = virtual.createFilter(filter);
      Set<ServiceReference<?>> matching = new HashSet<>(all);
      matching.removeIf(each -> !parsed.match(each));
      assertEquals(
          matching, new HashSet<>(virtual.getServiceReferences(Runnable.class, filter)), filter);
      found += matching.size();
    }
    assertTrue(found > filters.size() / 2, "filters that match nothing prove little");
    InvalidSyntaxException wrong = assertThrows(
        InvalidSyntaxException.class,
        () -> virtual.getServiceReferences(Runnable.class, "(&(service.id=1)"));
    assertEquals("(&(service.id=1)", wrong.getFilter());
  }

  @Scenario
  public void serviceOfAnotherNodeIsTrackedByItsReference() throws Exception {
    ServiceRegistration<Runnable> late = imported(N2 + 50, N2 + 7);
    ServiceRegistration<Runnable> registration = imported(N2 + 40, N2 + 7);
    ServiceReference<Runnable> first = virtual.getServiceReference(Runnable.class);
    assertEquals(N2 + 40, id(first), "the lower id, though imported later");
    ServiceTracker<Runnable, Runnable> tracker = new ServiceTracker<>(virtual, first, null);
    tracker.open();
    assertEquals(1, tracker.size());
    late.unregister();
    assertEquals(1, tracker.size());
    registration.unregister();
    assertEquals(0, tracker.size());
    tracker.close();
    imported("no number", -5L);
    imported(N2, 12L);
    for (ServiceReference<Runnable> odd : virtual.getServiceReferences(Runnable.class, null)) {
      assertEquals(0, odd.getBundle().getBundleId(), "what is no id of a group says nothing");
    }
  }

  @Scenario
  public void bundleListenersHearOfOtherNodes() throws Exception {
    List<Integer> synchronous = new ArrayList<>();
    List<Integer> ordinary = new ArrayList<>();
    BundleListener failing = event -> {
      throw new IllegalStateException("on purpose");
    };
    BundleListener listener = event -> ordinary.add(event.getType());
    virtual.addBundleListener(failing);
    virtual.addBundleListener(listener);
    virtual.addBundleListener(
        (SynchronousBundleListener) event -> synchronous.add(event.getType()));
    Bundle other = virtual.getBundle(N2 + 7);
    tell(BundleEvent.STARTING, other);
    tell(BundleEvent.STARTED, other);
    assertEquals(List.of(BundleEvent.STARTING, BundleEvent.STARTED), synchronous);
    assertEquals(List.of(BundleEvent.STARTED), ordinary);
    virtual.removeBundleListener(listener);
    tell(BundleEvent.STOPPED, other);
    assertEquals(3, synchronous.size());
    assertEquals(1, ordinary.size());
    synchronous.clear();
    host.stop();
    tell(BundleEvent.UNINSTALLED, other);
    assertFalse(synchronous.contains(BundleEvent.UNINSTALLED));
  }

  @Scenario
  public void extendersHearOfTheirNodeOnly() throws Exception {
    install(
        "virtual:extender",
        Jars.bundle("probe.extender")
            .header("Provide-Capability", "osgi.extender;osgi.extender=\"probe\"")
            .open());
    Bundle bundle = virtual.getBundle("virtual:extender");
    bundle.start();
    BundleContext extender = bundle.getBundleContext();
    List<Bundle> heard = new ArrayList<>();
    extender.addBundleListener((SynchronousBundleListener) event -> heard.add(event.getBundle()));
    tell(BundleEvent.STARTED, virtual.getBundle(N2 + 7));
    assertEquals(List.of(), heard);
    assertEquals(N2 + 7, extender.getBundle(N2 + 7).getBundleId(), "asked for, it is there");
    Bundle other = virtual.installBundle("virtual:other", plainContent("virtual:other"));
    assertSame(other, heard.get(0));
    other.uninstall();
  }

  @SuppressWarnings("unchecked")
  private void tell(int type, Bundle about) throws InvalidSyntaxException {
    ServiceReference<Consumer> found =
        context.getServiceReferences(Consumer.class, "(probe=tell)").iterator().next();
    ((Consumer<BundleEvent>) context.getService(found)).accept(new BundleEvent(type, about));
  }

  @Scenario
  public void higherRankingComesFirstAmongMixedReferences() throws Exception {
    virtual.registerService(Runnable.class, () -> {}, properties(Constants.SERVICE_RANKING, 1));
    context.registerService(Runnable.class, () -> {}, properties(Constants.SERVICE_RANKING, 2));
    virtual.registerService(Runnable.class, () -> {}, properties(Constants.SERVICE_RANKING, 3));
    TreeSet<ServiceReference<Runnable>> sorted =
        new TreeSet<>(virtual.getServiceReferences(Runnable.class, null));
    assertEquals(
        List.of(1, 2, 3),
        sorted.stream().map(r -> r.getProperty(Constants.SERVICE_RANKING)).toList());
    assertEquals(sorted.last(), virtual.getServiceReference(Runnable.class));
    assertEquals(0, sorted.pollFirst().getBundle().compareTo(bundle));
    assertEquals(0, sorted.pollFirst().getBundle().getBundleId(), "the system bundle is id 0");
  }

  @Scenario
  public void factoryIsShownVirtualClients() {
    List<Object> clients = new ArrayList<>();
    List<Object> registrations = new ArrayList<>();
    ServiceRegistration<Runnable> registration = virtual.registerService(
        Runnable.class,
        new ServiceFactory<Runnable>() {
          @Override
          public Runnable getService(Bundle client, ServiceRegistration<Runnable> from) {
            clients.add(client);
            registrations.add(from);
            return new Thread(); // a new object each time, unlike a lambda
          }

          @Override
          public void ungetService(
              Bundle client, ServiceRegistration<Runnable> from, Runnable service) {
            clients.add(client);
          }
        },
        null);
    ServiceReference<Runnable> reference = registration.getReference();
    assertEquals("bundle", reference.getProperty(Constants.SERVICE_SCOPE));
    Runnable ours = virtual.getService(reference);
    assertSame(ours, virtual.getService(reference));
    assertNotEquals(ours, context.getService(context.getServiceReference(Runnable.class)));
    assertEquals(2, clients.size());
    assertEquals(bundle, clients.get(0));
    assertEquals(0, ((Bundle) clients.get(1)).getBundleId());
    assertEquals(List.of(registration, registration), registrations);
    registration.unregister();
    assertEquals(4, clients.size());
  }

  @Scenario
  public void prototypeFactoryGivesEachItsOwn() {
    List<Object> given = new ArrayList<>();
    ServiceRegistration<Callable> registration = virtual.registerService(
        Callable.class,
        new PrototypeServiceFactory<Callable>() {
          @Override
          public Callable<?> getService(Bundle client, ServiceRegistration<Callable> from) {
            Callable<?> service = () -> client;
            given.add(service);
            return service;
          }

          @Override
          public void ungetService(
              Bundle client, ServiceRegistration<Callable> from, Callable service) {
            given.remove(service);
          }
        },
        null);
    ServiceObjects<Callable> objects = virtual.getServiceObjects(registration.getReference());
    Callable<?> one = objects.getService();
    Callable<?> two = objects.getService();
    assertEquals(List.of(one, two), given);
    objects.ungetService(one);
    assertEquals(List.of(two), given);
    registration.unregister();
    assertEquals(List.of(), given);
  }

  @Scenario
  public void serviceListenerIsReplacedAndRemovedByTheOriginal() throws Exception {
    List<ServiceEvent> events = new ArrayList<>();
    ServiceListener listener = events::add;
    virtual.addServiceListener(listener, "(x=1)");
    virtual.addServiceListener(listener, "(x=2)"); // replaces the filter
    assertThrows(
        InvalidSyntaxException.class, () -> virtual.addServiceListener(listener, "(broken"));
    virtual.registerService(Runnable.class, () -> {}, properties("x", 1));
    assertEquals(0, events.size());
    ServiceRegistration<Runnable> registration =
        virtual.registerService(Runnable.class, () -> {}, properties("x", 2));
    assertEquals(1, events.size());
    assertEquals(ServiceEvent.REGISTERED, events.get(0).getType());
    assertEquals(registration.getReference(), events.get(0).getServiceReference());
    assertEquals(bundle, events.get(0).getServiceReference().getBundle());
    registration.setProperties(properties("x", 3));
    assertEquals(ServiceEvent.MODIFIED_ENDMATCH, events.get(1).getType());
    registration.setProperties(properties("x", 2));
    virtual.removeServiceListener(listener);
    virtual.removeServiceListener(listener);
    registration.unregister();
    assertEquals(3, events.size());
  }

  @Scenario
  public void unfilteredListenerHearsEverythingAndOneObjectMayListenToAll() throws Exception {
    List<Object> events = new CopyOnWriteArrayList<>();
    class All implements UnfilteredServiceListener, SynchronousBundleListener, FrameworkListener {
      @Override
      public void serviceChanged(ServiceEvent event) {
        events.add(event);
      }

      @Override
      public void bundleChanged(BundleEvent event) {
        events.add(event);
      }

      @Override
      public void frameworkEvent(FrameworkEvent event) {
        events.add(event);
      }
    }
    All all = new All();
    virtual.addServiceListener(all, "(never=true)");
    virtual.addBundleListener(all);
    virtual.addFrameworkListener(all);
    ServiceRegistration<Runnable> registration =
        virtual.registerService(Runnable.class, () -> {}, null);
    assertEquals(1, events.size());
    virtual.removeServiceListener(all);
    registration.unregister();
    assertEquals(1, events.size());
    Bundle other = virtual.installBundle("virtual:other", plainContent("virtual:other"));
    BundleEvent installed = (BundleEvent) events.get(1);
    assertEquals(BundleEvent.INSTALLED, installed.getType());
    assertTrue(isVirtual(installed.getBundle()));
    assertSame(other, installed.getBundle());
    virtual.removeBundleListener(all);
    other.uninstall();
    assertEquals(2, events.stream().filter(e -> !(e instanceof FrameworkEvent)).count());
    virtual.removeFrameworkListener(all);
  }

  @Scenario
  public void bundleListenersHearOfVirtualBundlesOnly() throws Exception {
    List<BundleEvent> events = new CopyOnWriteArrayList<>();
    BundleListener asynchronous = events::add;
    virtual.addBundleListener(asynchronous);
    plain("host:ordinary").uninstall();
    Bundle other = plain("virtual:other");
    Bundle seenOther = virtual.getBundle("virtual:other");
    other.uninstall();
    await()
        .until(() -> events.stream().anyMatch(event -> event.getType() == BundleEvent.UNINSTALLED));
    for (BundleEvent event : events) {
      assertTrue(isVirtual(event.getBundle()), () -> "not virtual: " + event.getBundle());
      assertTrue(event.getBundle() == bundle || event.getBundle() == seenOther);
    }
  }

  @Scenario
  public void trackersOfTheHostWork() throws Exception {
    Filter filter = virtual.createFilter("(&(objectClass=java.lang.Runnable)(x=*))");
    List<Object> removed = new ArrayList<>();
    ServiceTracker<Runnable, Runnable> services = new ServiceTracker<>(virtual, filter, null) {
      @Override
      public void removedService(ServiceReference<Runnable> reference, Runnable service) {
        removed.add(service);
        super.removedService(reference, service);
      }
    };
    services.open(true);
    Runnable before = () -> {};
    ServiceRegistration<Runnable> registration =
        context.registerService(Runnable.class, before, properties("x", 1));
    assertSame(before, services.getService());
    ServiceTracker<Runnable, Runnable> one =
        new ServiceTracker<>(virtual, services.getServiceReference(), null);
    one.open();
    assertSame(before, one.getService());
    registration.unregister();
    assertEquals(List.of(before), removed);
    assertEquals(0, one.size());
    one.close();
    services.close();

    BundleTracker<Bundle> bundles = new BundleTracker<>(virtual, Bundle.ACTIVE, null) {
      @Override
      public void removedBundle(Bundle tracked, BundleEvent event, Bundle object) {
        removed.add(object);
      }
    };
    bundles.open();
    assertEquals(Set.of(virtual.getBundle(0), bundle), Set.of(bundles.getBundles()));
    Bundle other = plain("virtual:other");
    other.start(Bundle.START_TRANSIENT);
    Bundle seenOther = virtual.getBundle("virtual:other");
    assertSame(seenOther, bundles.getObject(seenOther));
    other.stop();
    assertEquals(List.of(before, seenOther), removed);
    bundles.close();
  }

  @Scenario
  public void bundlesAreTheGroups() throws Exception {
    assertArrayEquals(new Bundle[] {virtual.getBundle(0), bundle}, virtual.getBundles());
    assertEquals(0, virtual.getBundle(0).getBundleId());
    BundleContext system = virtual.getBundle(0).getBundleContext();
    assertSame(system, virtual.getBundle(0).adapt(BundleContext.class));
    assertEquals(virtual.getBundle(0), system.getBundle());
    assertArrayEquals(virtual.getBundles(), system.getBundles());
    assertEquals(bundle, virtual.getBundle(bundle.getBundleId()));
    assertEquals(bundle, virtual.getBundle(host.getBundleId()), "a host's id leads there too");
    assertEquals(fluid, virtual.getBundle(fluid.getBundleId()));
    assertEquals(bundle, virtual.getBundle("virtual:plain"));
    assertEquals(fluid, virtual.getBundle("host:fluid"));
    assertNull(virtual.getBundle(123_456_789L << 32));
    assertNull(virtual.getBundle("nowhere"));
    Bundle installed = virtual.installBundle(
        "virtual:new",
        Jars.bundle("probe.lib")
            .header("Export-Package", "probe.lib")
            .header("Import-Package", IMPORTS)
            .probe("probe.lib")
            .open());
    assertTrue(isVirtual(installed));
    assertTrue(Stream.of(virtual.getBundles()).anyMatch(installed::equals));
    assertNull(installed.getBundleContext());
    installed.start();
    assertEquals(Bundle.ACTIVE, installed.getState());
    assertEquals(installed, installed.getBundleContext().getBundle());
    assertSame(installed.getBundleContext(), installed.adapt(BundleContext.class));
    assertSame(installed, installed.adapt(Bundle.class));
    assertEquals("probe.lib", installed.getHeaders().get(Constants.BUNDLE_SYMBOLICNAME));
    assertEquals("probe.lib.Late", installed.loadClass("probe.lib.Late").getName());
    assertTrue(installed.getEntry("probe/lib/Late.class") != null);
    assertTrue(installed.compareTo(bundle) > 0);
    assertEquals(installed.hashCode(), virtual.getBundle("virtual:new").hashCode());
    installed.stop();
    installed.uninstall();
    assertNull(virtual.getBundle("virtual:new"));
  }

  @Scenario
  public void wiringOfTheHostTakesVirtualBundles() {
    FrameworkWiring wiring = virtual.getBundle(0).adapt(FrameworkWiring.class);
    assertEquals(Set.of(bundle), Set.copyOf(wiring.getDependencyClosure(Set.of(bundle))));
    assertTrue(wiring.resolveBundles(Set.of(bundle)));
    List<Object> events = new CopyOnWriteArrayList<>();
    wiring.refreshBundles(Set.of(bundle), events::add);
    await().until(() -> !events.isEmpty());
    assertEquals(Bundle.ACTIVE, host.getState());
    assertEquals(0, ((FrameworkEvent) events.get(0)).getBundle().getBundleId());
  }

  @Scenario
  public void contextEndsWithItsBundle() throws Exception {
    assertTrue(virtual.getDataFile("x").getPath().endsWith("x"));
    assertEquals(
        context.getProperty(Constants.FRAMEWORK_VERSION),
        virtual.getProperty(Constants.FRAMEWORK_VERSION));
    List<Object> events = new ArrayList<>();
    virtual.addServiceListener(events::add);
    host.stop();
    events.clear();
    context.registerService(Runnable.class, () -> {}, null);
    assertEquals(List.of(), events);
    assertThrows(IllegalStateException.class, virtual::getBundles);
    assertThrows(IllegalStateException.class, () -> virtual.getBundle(bundle.getBundleId()));
    assertThrows(IllegalStateException.class, () -> virtual.getServiceReference(Runnable.class));
    assertThrows(IllegalStateException.class, () -> virtual.addServiceListener(event -> {}, null));
    assertThrows(IllegalStateException.class, () -> virtual.removeBundleListener(event -> {}));
    assertThrows(IllegalStateException.class, () -> virtual.installBundle("virtual:x"));
    assertNull(bundle.getBundleContext());
    host.start(Bundle.START_TRANSIENT);
    assertFalse(virtual.equals(bundle.getBundleContext()));
  }
}
