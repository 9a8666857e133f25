package org.fluidosgi.framework.internal.group;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/** Makes small bundles. */
final class TestJar {
  private TestJar() {}

  /** A bundle of that name with those headers, padded with random-looking bytes. */
  static Path write(Path folder, String name, Map<String, String> headers, int padding)
      throws IOException {
    Manifest manifest = new Manifest();
    Attributes main = manifest.getMainAttributes();
    main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    main.putValue("Bundle-ManifestVersion", "2");
    main.putValue("Bundle-SymbolicName", name);
    main.putValue("Bundle-Version", "1.2.0");
    headers.forEach(main::putValue);
    Path file = folder.resolve(name + ".jar");
    try (JarOutputStream jar = new JarOutputStream(Files.newOutputStream(file), manifest)) {
      for (Class<?> type : new Class<?>[] {Works.class, Fails.class, Hangs.class}) {
        String entry = type.getName().replace('.', '/') + ".class";
        try (InputStream in = type.getClassLoader().getResourceAsStream(entry)) {
          jar.putNextEntry(new JarEntry(entry));
          in.transferTo(jar);
        }
      }
      jar.putNextEntry(new JarEntry("padding"));
      byte[] bytes = new byte[padding];
      new java.util.Random(7).nextBytes(bytes);
      jar.write(bytes);
    }
    return file;
  }

  /** An activator that does nothing. */
  public static final class Works implements BundleActivator {
    @Override
    public void start(BundleContext context) {}

    @Override
    public void stop(BundleContext context) {}
  }

  /** An activator that throws. */
  public static final class Fails implements BundleActivator {
    @Override
    public void start(BundleContext context) {
      throw new IllegalStateException("no database\nat all");
    }

    @Override
    public void stop(BundleContext context) {}
  }

  /** An activator that waits until it is interrupted. */
  public static final class Hangs implements BundleActivator {
    @Override
    public void start(BundleContext context) throws InterruptedException {
      new java.util.concurrent.CountDownLatch(1).await();
    }

    @Override
    public void stop(BundleContext context) {}
  }
}
