package org.fluidosgi.itests.benchmarks.framework;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

/** Writes small bundles, each with content of its own. */
final class TinyJar {
  static final String PLAIN = "Tiny";
  static final String WITNESS = "Witness";
  private static final String PACKAGE = "org.fluidosgi.itests.benchmarks.framework.tiny.";

  private TinyJar() {}

  /** A bundle of that name with that activator; returns its location. */
  static String write(Path folder, String name, String activator) throws IOException {
    Manifest manifest = new Manifest();
    Attributes main = manifest.getMainAttributes();
    main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    main.putValue("Bundle-ManifestVersion", "2");
    main.putValue("Bundle-SymbolicName", name);
    main.putValue("Bundle-Version", "1.0.0");
    main.putValue("Bundle-Activator", PACKAGE + activator);
    main.putValue(
        "Import-Package",
        activator.equals(WITNESS)
            ? "org.osgi.framework,org.fluidosgi.itests.benchmarks.api"
            : "org.osgi.framework");
    Path file = folder.resolve(name + ".jar");
    String entry = PACKAGE.replace('.', '/') + activator + ".class";
    try (JarOutputStream jar = new JarOutputStream(Files.newOutputStream(file), manifest);
        InputStream in = TinyJar.class.getClassLoader().getResourceAsStream(entry)) {
      if (in == null) {
        throw new IOException("no " + entry);
      }
      jar.putNextEntry(new JarEntry(entry));
      in.transferTo(jar);
    }
    return file.toUri().toString();
  }
}
