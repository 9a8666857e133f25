package org.fluidosgi.framework.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.launch.FrameworkFactory;

/** A host framework with the woven half of the virtual framework in it; what scenarios share. */
abstract class RunningFramework implements AutoCloseable {
  static final String IMPORTS = "org.osgi.framework;version=\"[1.8,2)\"";

  final SeenMap seen = new SeenMap();
  private final Path storage;
  Framework framework;
  BundleContext context;
  Bundle fluid;

  /** What probes saw; a second value under one key is refused by them, unless the last one is asked for. */
  static final class SeenMap extends ConcurrentHashMap<String, Object> {
    private static final long serialVersionUID = 1;
    volatile boolean last;

    @Override
    public Object merge(
        String key,
        Object value,
        BiFunction<? super Object, ? super Object, ? extends Object> again) {
      return last ? put(key, value) : super.merge(key, value, again);
    }
  }

  RunningFramework(Path directory) throws Exception {
    storage = directory;
    launch();
    install("host:asm", Files.newInputStream(HostFramework.BUNDLES.resolve("asm.jar")));
    fluid = install("host:fluid", fluid());
    fluid.start();
  }

  /** Starts a framework on the same storage, with whatever is installed there already. */
  final void launch() throws Exception {
    ClassLoader loader = RunningFramework.class.getClassLoader();
    FrameworkFactory factory =
        ServiceLoader.load(FrameworkFactory.class, loader).iterator().next();
    framework = factory.newFramework(Map.of(
        Constants.FRAMEWORK_STORAGE,
        storage.toString(),
        "felix.service.urlhandlers",
        "false",
        "felix.log.level",
        "1",
        "osgi.framework.useSystemProperties",
        "false",
        "osgi.console.enable.builtin",
        "false"));
    framework.start();
    context = framework.getBundleContext();
    seen.clear();
    context.registerService(Map.class, seen, new Hashtable<>(Map.of("probe", "seen")));
  }

  /** The module's own classes with an activator of the test. */
  private static InputStream fluid() throws Exception {
    Path main = Path.of("target", "classes");
    return Jars.bundle("test.fluid")
        .header("Bundle-Version", "1.2.3.test")
        .header("Bundle-Activator", "probe.fluid.Activator")
        .header("Export-Package", "org.fluidosgi.framework.weave")
        .header(
            "Import-Package",
            IMPORTS
                + ",org.osgi.framework.wiring,org.osgi.framework.hooks.weaving,org.osgi.framework.dto,org.osgi.framework.startlevel"
                + ",org.osgi.framework.namespace,org.osgi.resource,org.osgi.dto,org.objectweb.asm")
        .classes(main, "org.fluidosgi.framework")
        .classes(main, "org.fluidosgi.framework.weave")
        .classes(main, "org.fluidosgi.framework.internal")
        .classes(main, "org.fluidosgi.framework.internal.context")
        .classes(main, "org.fluidosgi.framework.internal.weave")
        .resources(List.of(
            "org/fluidosgi/channel/Registration.class", "org/fluidosgi/topology/spi/Region.class"))
        .probe("probe.fluid")
        .open();
  }

  final Bundle install(String location, InputStream content) throws Exception {
    return context.installBundle(location, content);
  }

  final Bundle plain(String location) throws Exception {
    return install(location, plainContent(location));
  }

  static InputStream plainContent(String location) throws Exception {
    return Jars.bundle("probe.plain." + location.replace(':', '.'))
        .header("Bundle-Activator", "probe.plain.Activator")
        .header("Import-Package", IMPORTS + ",org.osgi.util.tracker")
        .probe("probe", "probe.plain")
        .open();
  }

  final void assertVirtual(String... keys) {
    for (String key : keys) {
      Object value = seen.get(key);
      assertTrue(isVirtual(value), () -> key + " was " + value);
    }
  }

  /** Asserts what was seen under that key is the context of that bundle on the host itself. */
  final void assertHost(Bundle bundle, String key) {
    assertEquals(bundle, assertInstanceOf(BundleContext.class, seen.get(key)).getBundle(), key);
  }

  static boolean isVirtual(Object value) {
    return value instanceof BundleContext seenContext
        ? seenContext.getClass().getSimpleName().equals("LocalVirtualContext")
            && isVirtual(seenContext.getBundle())
        : value instanceof Bundle bundle && bundle.getBundleId() >> 32 == 1;
  }

  @Override
  public void close() throws Exception {
    framework.stop();
    framework.waitForStop(10_000);
  }
}
