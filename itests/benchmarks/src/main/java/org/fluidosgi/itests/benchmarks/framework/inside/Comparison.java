package org.fluidosgi.itests.benchmarks.framework.inside;

import java.util.Collection;
import java.util.Hashtable;
import java.util.function.Supplier;
import org.fluidosgi.itests.benchmarks.figures.Figure;
import org.fluidosgi.itests.benchmarks.framework.HostNode;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceFactory;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;

/** The two contexts of one bundle: the virtual one that its activator was given, and the host's own. The same questions to both. */
final class Comparison implements Runnable {
  private static final int[] CANDIDATES = {1, 10, 50, 1000};
  private static final int REGIONS = 5;
  private static final int FACTORY_EVERY = 100;
  private static final String SERVICE = "org.fluidosgi.itests.benchmarks.api.EchoService";
  private static final String EUROPE = "(region=europe)";

  private final Host host;
  private final HostNode.Measuring measuring;

  Comparison(HostNode host, HostNode.Measuring measuring) {
    this.host = (Host) host;
    this.measuring = measuring;
  }

  @Override
  public void run() {
    try {
      BundleContext raw = host.hostBundle().getBundleContext();
      BundleContext virtual = given(raw);
      if (virtual == raw || virtual != host.context()) {
        throw new IllegalStateException("the activator was given " + virtual);
      }
      Class<?> type = host.hostBundle().loadClass(SERVICE);
      int registered = 0;
      for (int candidates : CANDIDATES) {
        while (registered < candidates) {
          register(registered++);
        }
        identity(raw, virtual, candidates);
        lookUps(raw, virtual, type, services(candidates));
      }
      byId(raw, virtual);
      bundles(raw, virtual);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** What the activator handed on. */
  private static BundleContext given(BundleContext raw) throws InvalidSyntaxException {
    ServiceReference<?>[] found =
        raw.getServiceReferences(Supplier.class.getName(), "(bench.witness=true)");
    if (found == null || !(raw.getService(found[0]) instanceof Supplier<?> supplier)) {
      throw new IllegalStateException("the witness was not started");
    }
    return (BundleContext) supplier.get();
  }

  private static String services(int candidates) {
    return candidates == 1 ? "1 service" : String.format("%,d services", candidates);
  }

  /** From an ordinary bundle of the host; each hundredth by a factory that makes an object for each bundle. */
  private void register(int number) throws Exception {
    Bundle owner = host.ordinary();
    var constructor =
        owner.loadClass("org.fluidosgi.itests.benchmarks.Echo").getDeclaredConstructor();
    constructor.setAccessible(true);
    Object service = number % FACTORY_EVERY == FACTORY_EVERY - 1
        ? new EachItsOwn(constructor)
        : constructor.newInstance();
    Hashtable<String, Object> properties = new Hashtable<>();
    properties.put("region", number % REGIONS == 0 ? "europe" : "region" + number % REGIONS);
    properties.put("rank", number);
    owner.getBundleContext().registerService(SERVICE, service, properties);
  }

  private record EachItsOwn(java.lang.reflect.Constructor<?> constructor)
      implements ServiceFactory<Object> {
    @Override
    public Object getService(Bundle bundle, ServiceRegistration<Object> registration) {
      try {
        return constructor.newInstance();
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public void ungetService(
        Bundle bundle, ServiceRegistration<Object> registration, Object service) {}
  }

  /** Fails when one of them is another object. */
  private void identity(BundleContext raw, BundleContext virtual, int candidates)
      throws InvalidSyntaxException {
    ServiceReference<?>[] hosts = raw.getServiceReferences(SERVICE, null);
    ServiceReference<?>[] ours = virtual.getServiceReferences(SERVICE, null);
    if (hosts == null || ours == null || hosts.length != candidates || ours.length != candidates) {
      throw new IllegalStateException("not the same services");
    }
    int same = 0;
    for (int i = 0; i < candidates; i++) {
      Object one = raw.getService(hosts[i]);
      Object other = virtual.getService(ours[i]);
      if (one == null || one != other) {
        throw new IllegalStateException(hosts[i] + ": " + one + " is not " + other);
      }
      same++;
      raw.ungetService(hosts[i]);
      virtual.ungetService(ours[i]);
    }
    measuring.figure(new Figure("the same object, " + services(candidates), "", name(), same, ""));
  }

  private void lookUps(BundleContext raw, BundleContext virtual, Class<?> type, String among)
      throws Exception {
    compare("`getServiceReference(Class)`, " + among, context -> one(context, type), raw, virtual);
    for (String filter : new String[] {null, EUROPE, "(region=nowhere)"}) {
      String what = "`getServiceReferences(Class, " + filter + ")`, " + among;
      compare(what, context -> many(context, type, filter), raw, virtual);
    }
    compare(
        "`getAllServiceReferences(String, " + EUROPE + ")`, " + among,
        context -> all(context, EUROPE),
        raw,
        virtual);
    ServiceReference<?> hosts = raw.getServiceReference(type);
    ServiceReference<?> ours = virtual.getServiceReference(type);
    compare(
        "`getService` and `ungetService`, " + among,
        context -> use(context, context == raw ? hosts : ours),
        raw,
        virtual);
  }

  /** Filters that are rewritten for the host: each context is asked by the ids that it shows. */
  private void byId(BundleContext raw, BundleContext virtual) throws Exception {
    for (String key : new String[] {Constants.SERVICE_ID, Constants.SERVICE_BUNDLEID}) {
      String hosts = "(" + key + "=" + raw.getServiceReference(SERVICE).getProperty(key) + ")";
      String ours = "(" + key + "=" + virtual.getServiceReference(SERVICE).getProperty(key) + ")";
      compare(
          "`getAllServiceReferences(String, (" + key + "=...))`, " + services(1000),
          context -> all(context, context == raw ? hosts : ours),
          raw,
          virtual);
    }
  }

  private void bundles(BundleContext raw, BundleContext virtual) throws Exception {
    long hosts = raw.getBundle().getBundleId();
    long ours = virtual.getBundle().getBundleId();
    String location = raw.getBundle().getLocation();
    compare(
        "`getBundle(long)`",
        context -> there(context.getBundle(context == raw ? hosts : ours)),
        raw,
        virtual);
    compare("`getBundle(String)`", context -> there(context.getBundle(location)), raw, virtual);
    ServiceReference<?> hostReference = raw.getServiceReference(SERVICE);
    ServiceReference<?> ourReference = virtual.getServiceReference(SERVICE);
    compare(
        "`ServiceReference.getBundle()`",
        context -> there((context == raw ? hostReference : ourReference).getBundle()),
        raw,
        virtual);
  }

  private static int there(Object found) {
    return found == null ? 0 : 1;
  }

  private static int one(BundleContext context, Class<?> type) {
    return there(context.getServiceReference(type));
  }

  private static int many(BundleContext context, Class<?> type, String filter)
      throws InvalidSyntaxException {
    Collection<?> found = context.getServiceReferences(type, filter);
    return found.size();
  }

  private static int all(BundleContext context, String filter) throws InvalidSyntaxException {
    ServiceReference<?>[] found = context.getAllServiceReferences(SERVICE, filter);
    return found == null ? 0 : found.length;
  }

  private static int use(BundleContext context, ServiceReference<?> reference) {
    Object service = context.getService(reference);
    return service != null && context.ungetService(reference) ? 1 : 0;
  }

  /** One question to a context. */
  private interface Question {
    int ask(BundleContext context) throws Exception;
  }

  private void compare(String what, Question question, BundleContext raw, BundleContext virtual)
      throws Exception {
    Pair pair =
        Pair.of(what, () -> question.ask(raw), () -> question.ask(virtual), measuring.scale());
    measuring.figure(new Figure(what, "us", name(), pair.first(), ""));
    measuring.figure(new Figure(what, "us", name() + " virtual", pair.second(), name()));
  }

  private String name() {
    return host.name();
  }
}
