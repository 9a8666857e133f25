package org.fluidosgi.framework.it;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;

/** Small bundles made from classes of the test. */
final class Jars {
  private final Map<String, byte[]> content = new LinkedHashMap<>();
  private final Manifest manifest = new Manifest();

  private Jars(String name) {
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    header("Bundle-ManifestVersion", "2");
    header("Bundle-SymbolicName", name);
  }

  static Jars bundle(String name) {
    return new Jars(name);
  }

  Jars header(String name, String value) {
    manifest.getMainAttributes().putValue(name, value);
    return this;
  }

  Jars file(String name, byte[] bytes) {
    content.put(name, bytes);
    return this;
  }

  /** Every class of the package in that directory of classes, without subpackages. */
  Jars classes(Path directory, String packageName) throws IOException {
    Path folder = directory.resolve(packageName.replace('.', '/'));
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file :
          files.filter(f -> f.toString().endsWith(".class")).sorted().toList()) {
        content.put(
            packageName.replace('.', '/') + "/" + file.getFileName(), Files.readAllBytes(file));
      }
    }
    return this;
  }

  /** Classes of the test. */
  Jars probe(String... packages) throws IOException {
    for (String name : packages) {
      classes(Path.of("target", "test-classes"), name);
    }
    return this;
  }

  /** Named resources of the class path. */
  Jars resources(List<String> names) throws IOException {
    for (String name : names) {
      try (InputStream in = Jars.class.getClassLoader().getResourceAsStream(name)) {
        content.put(name, in.readAllBytes());
      }
    }
    return this;
  }

  InputStream open() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JarOutputStream jar = new JarOutputStream(bytes, manifest)) {
      for (Map.Entry<String, byte[]> entry : content.entrySet()) {
        jar.putNextEntry(new JarEntry(entry.getKey()));
        jar.write(entry.getValue());
        jar.closeEntry();
      }
    }
    return new ByteArrayInputStream(bytes.toByteArray());
  }
}
