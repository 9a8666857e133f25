package org.fluidosgi.rsa.it;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.launch.FrameworkFactory;
import org.osgi.service.remoteserviceadmin.RemoteServiceAdmin;

/** One framework in this JVM with the channel and our bundle. The framework's classes come from a loader of their own, the OSGi
 * API from the class path, so that two frameworks and the test talk to each other. */
final class TestNode implements AutoCloseable {
  static final String FELIX = "org.apache.felix.framework";
  static final String EQUINOX = "org.eclipse.osgi";
  private static final Path JARS = Path.of("target/it").toAbsolutePath();

  final Framework framework;

  private static final class FrameworkLoader extends URLClassLoader {
    FrameworkLoader(URL jar) {
      super(new URL[] {jar}, ClassLoader.getPlatformClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (name.startsWith("org.osgi.")) {
        try {
          return TestNode.class.getClassLoader().loadClass(name);
        } catch (ClassNotFoundException e) {
          return super.loadClass(name, resolve); // a package that only this framework brings
        }
      }
      return super.loadClass(name, resolve);
    }
  }

  TestNode(String kind, String name, Path directory, Map<String, String> more) throws Exception {
    Map<String, String> properties = new HashMap<>();
    properties.put(
        Constants.FRAMEWORK_STORAGE, directory.resolve("storage-" + name).toString());
    properties.put(
        Constants.FRAMEWORK_STORAGE_CLEAN, Constants.FRAMEWORK_STORAGE_CLEAN_ONFIRSTINIT);
    properties.put(
        Constants.FRAMEWORK_SYSTEMPACKAGES_EXTRA,
        "org.osgi.service.remoteserviceadmin;version=1.1.0");
    properties.put("fluid.name", name);
    properties.put("fluid.data.dir", directory.resolve("node-" + name).toString());
    properties.put("fluid.port", "0");
    properties.putAll(more);
    framework = factory(kind).newFramework(properties);
    framework.start();
    BundleContext context = framework.getBundleContext();
    try (Stream<Path> jars = Files.list(JARS)) {
      for (Path jar : jars.sorted().toList()) {
        String file = jar.getFileName().toString();
        if (file.startsWith("netty")
            || file.startsWith("jackson")
            || file.startsWith("org.osgi.util")) {
          install(context, jar);
        }
      }
    }
    install(context, own(Path.of("../channel/target"), "channel-"));
    install(context, own(Path.of("target"), "rsa-"));
    for (Bundle bundle : context.getBundles()) {
      if (bundle.getBundleId() != 0) {
        bundle.start();
      }
    }
    await()
        .atMost(Duration.ofSeconds(10))
        .until(() -> context.getServiceReference(RemoteServiceAdmin.class) != null);
  }

  private static FrameworkFactory factory(String kind) throws ReflectiveOperationException {
    String type = kind.equals(FELIX)
        ? "org.apache.felix.framework.FrameworkFactory"
        : "org.eclipse.osgi.launch.EquinoxFactory";
    return (FrameworkFactory) loader(kind).loadClass(type).getConstructor().newInstance();
  }

  private static FrameworkLoader loader(String kind) {
    try {
      return new FrameworkLoader(JARS.resolve(kind + ".jar").toUri().toURL());
    } catch (MalformedURLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Path own(Path folder, String prefix) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> file.getFileName().toString().startsWith(prefix)
              && file.toString().endsWith("SNAPSHOT.jar"))
          .findFirst()
          .orElseThrow(() ->
              new IllegalStateException("package " + prefix + " first: nothing in " + folder));
    }
  }

  private static void install(BundleContext context, Path jar) throws IOException, BundleException {
    try (var content = Files.newInputStream(jar)) {
      context.installBundle(jar.toUri().toString(), content);
    }
  }

  BundleContext context() {
    return framework.getBundleContext();
  }

  Bundle start(TinyBundle bundle, Path classes) throws IOException, BundleException {
    Bundle installed = context().installBundle("tiny:" + bundle.name(), bundle.pack(classes));
    installed.start();
    return installed;
  }

  RemoteServiceAdmin admin() {
    return context().getService(context().getServiceReference(RemoteServiceAdmin.class));
  }

  /** The function that a test bundle registered under that name. */
  @SuppressWarnings("unchecked")
  Function<Object, Object> function(String name) throws InvalidSyntaxException {
    Collection<ServiceReference<Function>> found =
        context().getServiceReferences(Function.class, "(name=" + name + ")");
    return context().getService(found.iterator().next());
  }

  @Override
  public void close() throws Exception {
    framework.stop();
    FrameworkEvent end = framework.waitForStop(10_000);
    if (end.getType() == FrameworkEvent.WAIT_TIMEDOUT) {
      throw new IllegalStateException("the framework does not stop");
    }
  }
}
