package org.fluidosgi.itests.benchmarks.framework.inside;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.fluidosgi.itests.benchmarks.figures.Home;
import org.fluidosgi.itests.benchmarks.figures.Timed;
import org.fluidosgi.itests.benchmarks.framework.HostNode;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.launch.FrameworkFactory;

/** A framework with all bundles of the product and this benchmark's own, each with its own classes, as a user starts it. Types of
 * the product are seen by reflection only; virtual bundles and contexts are OSGi's. Threads: one at a time, but for reading. */
final class Host implements HostNode {
  private static final long STOP_MILLIS = 30_000;
  private static final String ENGINE = "jgroups-";
  private static final String API = "org.fluidosgi.framework.VirtualFramework";

  private static final System.Logger LOG = System.getLogger(Host.class.getName());

  private final String name;
  private final Map<String, String> settings = new HashMap<>();
  private volatile Framework framework;
  private @Nullable String witnessLocation;
  private volatile @Nullable BundleContext context;

  Host(String name, Path work, String join) throws IOException, BundleException {
    this.name = name;
    settings.put(Constants.FRAMEWORK_STORAGE, work.resolve(name).toString());
    settings.put("felix.log.level", "1");
    settings.put("felix.service.urlhandlers", "false"); // a JVM has one factory of handlers only
    settings.put("fluid.name", name);
    settings.put("fluid.port", "0");
    settings.put("fluid.data.dir", work.resolve(name + "-data").toString());
    settings.put("fluid.token.file", work.resolve("group.token").toString());
    if (!join.isEmpty()) {
      settings.put("fluid.join", join);
    }
    framework = boot();
    List<Bundle> installed = new ArrayList<>();
    for (Path jar : Home.jars("bundles")) {
      installed.add(install(jar));
    }
    installed.add(install(Home.jar("bench", "benchmarks-")));
    for (Bundle bundle : installed) {
      if (!bundle.getLocation().contains("/" + ENGINE)) {
        bundle.start();
      }
    }
  }

  private Framework boot() throws BundleException {
    Framework fresh = ServiceLoader.load(FrameworkFactory.class, Host.class.getClassLoader())
        .iterator()
        .next()
        .newFramework(settings);
    fresh.start();
    return fresh;
  }

  private Bundle install(Path jar) throws IOException, BundleException {
    try (InputStream in = Files.newInputStream(jar)) {
      return framework.getBundleContext().installBundle(jar.toUri().toString(), in);
    }
  }

  private Bundle bundle(String part) throws IOException {
    return Arrays.stream(framework.getBundleContext().getBundles())
        .filter(bundle -> bundle.getLocation().contains("/" + part))
        .findFirst()
        .orElseThrow(() -> new IOException("no " + part + "*.jar"));
  }

  /** The benchmark's own bundle, an ordinary one. */
  Bundle ordinary() throws IOException {
    return bundle("benchmarks-");
  }

  /** The host bundle of the witness. */
  Bundle hostBundle() {
    Bundle host = framework.getBundleContext().getBundle(String.valueOf(witnessLocation));
    if (host == null) {
      throw new IllegalStateException("no witness on " + name);
    }
    return host;
  }

  /** The witness' virtual context. */
  BundleContext context() {
    BundleContext now = context;
    if (now == null) {
      throw new IllegalStateException("no witness on " + name);
    }
    return now;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public void join() throws IOException, BundleException {
    bundle(ENGINE).start();
  }

  @Override
  public void leave() throws IOException, BundleException {
    bundle(ENGINE).stop();
  }

  @Override
  public void close() throws BundleException, InterruptedException {
    context = null;
    framework.stop();
    framework.waitForStop(STOP_MILLIS);
  }

  @Override
  public void restart() throws BundleException {
    framework = boot();
  }

  private Object product() {
    BundleContext system = framework.getBundleContext();
    ServiceReference<?> found = system.getServiceReference(API);
    Object service = found == null ? null : system.getService(found);
    if (service == null) {
      throw new IllegalStateException("no virtual framework on " + name);
    }
    return service;
  }

  private Object asked(String method, Object... arguments) throws Exception {
    Object target = product();
    Class<?> type = Arrays.stream(target.getClass().getInterfaces())
        .filter(each -> each.getName().equals(API))
        .findFirst()
        .orElseThrow();
    for (Method each : type.getMethods()) {
      if (each.getName().equals(method) && each.getParameterCount() == arguments.length) {
        try {
          return each.invoke(target, arguments);
        } catch (InvocationTargetException e) {
          throw new IOException(method + " on " + name + ": " + e.getCause(), e.getCause());
        }
      }
    }
    throw new NoSuchMethodException(method);
  }

  @Override
  public String address() {
    try {
      Object node = asked("localNode");
      Object info = node.getClass().getMethod("info").invoke(node);
      return String.valueOf(info.getClass().getMethod("address").invoke(info));
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public int nodes() throws Exception {
    return ((Collection<?>) asked("nodes")).size();
  }

  @Override
  public void witness(String location) throws Exception {
    witnessLocation = location;
    ((Bundle) asked("install", location, asked("localNode"))).start();
    findWitness();
  }

  /** Whether the witness runs: after a restart it is started when the node has joined. */
  private boolean isReady() {
    return context != null || findWitness();
  }

  private boolean findWitness() {
    try {
      Object node = asked("localNode");
      int ordinal = (Integer) node.getClass().getMethod("ordinal").invoke(node);
      for (Object each : (Collection<?>) asked("bundles")) {
        Bundle bundle = (Bundle) each;
        boolean here =
            bundle.getBundleId() >> Integer.SIZE == ordinal; // others have one there, too
        if (here && bundle.getLocation().equals(witnessLocation)) {
          context = bundle.getBundleContext();
        }
      }
    } catch (Exception e) {
      LOG.log(System.Logger.Level.DEBUG, "not there yet", e);
    }
    return context != null;
  }

  @Override
  public long install(String location, String node) throws Exception {
    return ((Bundle) asked("install", location, asked("node", node))).getBundleId();
  }

  @Override
  public long install(String location) throws BundleException {
    return context().installBundle(location).getBundleId();
  }

  @Override
  public void start(long id) throws BundleException {
    found(id).start();
  }

  @Override
  public void uninstall(long id) throws BundleException {
    found(id).uninstall();
  }

  private Bundle found(long id) {
    Bundle bundle = context().getBundle(id);
    if (bundle == null) {
      throw new IllegalStateException("no bundle " + id + " on " + name);
    }
    return bundle;
  }

  @Override
  public int listed() {
    return isReady() ? context().getBundles().length : 0;
  }

  @Override
  public int active() {
    return isReady()
        ? (int) Arrays.stream(context().getBundles())
            .filter(bundle -> bundle.getState() == Bundle.ACTIVE)
            .count()
        : 0;
  }

  @Override
  public String seen() {
    Map<String, Integer> counts = new TreeMap<>();
    if (isReady()) {
      for (Bundle bundle : context().getBundles()) {
        String key = "n" + (bundle.getBundleId() >> Integer.SIZE) + " state " + bundle.getState();
        counts.merge(key, 1, Integer::sum);
      }
    }
    return name + " sees " + counts;
  }

  @Override
  public boolean lists(long id) {
    return context().getBundle(id) != null;
  }

  @Override
  public void onInstalled(BiConsumer<String, Boolean> listener) {
    BundleContext asked = context();
    asked.addBundleListener(event -> {
      if (event.getType() == BundleEvent.INSTALLED) {
        Bundle bundle = event.getBundle();
        listener.accept(bundle.getLocation(), bundle.equals(asked.getBundle(bundle.getBundleId())));
      }
    });
  }

  @Override
  public double lookUp(String what, int calls) {
    BundleContext asked = context();
    Bundle[] all = asked.getBundles();
    String[] locations = Arrays.stream(all).map(Bundle::getLocation).toArray(String[]::new);
    long[] ids = Arrays.stream(all).mapToLong(Bundle::getBundleId).toArray();
    try {
      return Timed.here(calls, i -> {
            boolean there = switch (what) {
              case "list" -> asked.getBundles().length == all.length;
              case "id" -> asked.getBundle(ids[i % ids.length]) != null;
              default -> asked.getBundle(locations[i % locations.length]) != null;
            };
            if (!there) {
              throw new IllegalStateException("bundles come or go");
            }
          })
          .p50();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
