package org.fluidosgi.itests.benchmarks.registry;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.fluidosgi.itests.benchmarks.figures.Home;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.launch.FrameworkFactory;

/** A framework with all bundles of the product and this benchmark's own, each with its own classes, as a user starts it; in it our
 * services are seen by reflection only. It is alone until {@link #join}. Owns the framework. */
final class ProductNode implements AutoCloseable {
  private static final long STOP_MILLIS = 10_000;
  private static final long LONGEST_MINUTES = 5;
  private static final String ENGINE = "jgroups-";

  private final Framework framework;
  private final Bundle engine;
  private final Bundle workload;

  ProductNode(String name, Path work, int port, int joinPort) throws IOException, BundleException {
    Map<String, String> settings = new HashMap<>();
    settings.put(Constants.FRAMEWORK_STORAGE, work.resolve(name).toString());
    settings.put("felix.log.level", "1");
    settings.put("fluid.name", name);
    settings.put("fluid.port", Integer.toString(port));
    settings.put("fluid.data.dir", work.resolve(name + "-data").toString());
    if (joinPort != 0) {
      settings.put("fluid.join", "127.0.0.1:" + joinPort);
    }
    framework = ServiceLoader.load(FrameworkFactory.class).iterator().next().newFramework(settings);
    framework.start();
    List<Bundle> installed = new ArrayList<>();
    for (Path jar : Home.jars("bundles")) {
      installed.add(install(jar));
    }
    workload = install(Home.jar("bench", "benchmarks-"));
    installed.add(workload);
    engine = installed.stream()
        .filter(bundle -> bundle.getLocation().contains("/" + ENGINE))
        .findFirst()
        .orElseThrow(() -> new IOException("no " + ENGINE + "*.jar"));
    for (Bundle bundle : installed) {
      if (bundle != engine) {
        bundle.start();
      }
    }
  }

  private Bundle install(Path jar) throws IOException, BundleException {
    try (InputStream in = Files.newInputStream(jar)) {
      return framework.getBundleContext().installBundle(jar.toUri().toString(), in);
    }
  }

  /** Of the workload's bundle, which has the class of the services. */
  BundleContext context() {
    return workload.getBundleContext();
  }

  /** A service's object of this framework. */
  Object echo() throws ReflectiveOperationException {
    var constructor =
        workload.loadClass("org.fluidosgi.itests.benchmarks.Echo").getDeclaredConstructor();
    constructor.setAccessible(true);
    return constructor.newInstance();
  }

  /** Lets it look for the others. */
  void join() throws BundleException {
    engine.start();
  }

  /** It is alone again. */
  void leave() throws BundleException {
    engine.stop();
  }

  /** Waits until its registry holds at least so many records of endpoints. */
  void awaitEndpoints(int count) throws Exception {
    BundleContext context = framework.getBundleContext();
    ServiceReference<?>[] found =
        context.getAllServiceReferences("org.fluidosgi.registry.RegistryStore", null);
    if (found == null) {
      throw new IOException("no registry in " + framework);
    }
    Object store = context.getService(found[0]);
    long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(LONGEST_MINUTES);
    while (endpoints(store) < count) {
      if (System.nanoTime() > end) {
        throw new IOException(endpoints(store) + " instead of " + count + " endpoints");
      }
      Thread.onSpinWait();
    }
    context.ungetService(found[0]);
  }

  private static int endpoints(Object store) throws Exception {
    var stage = (CompletionStage<?>) call(store, "inventory");
    Object inventory = stage.toCompletableFuture().get(LONGEST_MINUTES, TimeUnit.MINUTES);
    var kinds = (Map<?, ?>) call(inventory, "kinds");
    return kinds.get("endpoint") instanceof Integer count ? count : 0;
  }

  /** Calls a method of one of our types, which this class loader does not know. */
  private static Object call(Object target, String name) throws ReflectiveOperationException {
    Method method = target.getClass().getMethod(name);
    method.setAccessible(true); // its class need not be public
    return method.invoke(target);
  }

  @Override
  public void close() throws BundleException, InterruptedException {
    framework.stop();
    framework.waitForStop(STOP_MILLIS);
  }
}
