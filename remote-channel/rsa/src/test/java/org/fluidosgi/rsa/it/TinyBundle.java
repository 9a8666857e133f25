package org.fluidosgi.rsa.it;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** A bundle that is compiled and packed on the fly. */
final class TinyBundle {
  private final String name;
  private final Map<String, String> headers = new LinkedHashMap<>();
  private final List<JavaFileObject> sources = new ArrayList<>();
  private final List<Path> classPath = new ArrayList<>();

  TinyBundle(String name) {
    this.name = name;
  }

  TinyBundle header(String key, String value) {
    headers.put(key, value);
    return this;
  }

  TinyBundle source(String className, String text) {
    URI uri = URI.create("string:///" + className.replace('.', '/') + ".java");
    sources.add(new SimpleJavaFileObject(uri, JavaFileObject.Kind.SOURCE) {
      @Override
      public CharSequence getCharContent(boolean ignoreEncodingErrors) {
        return text;
      }
    });
    return this;
  }

  TinyBundle with(Path classes) {
    classPath.add(classes);
    return this;
  }

  /** Compiles into that directory and gives it, for others to compile against. */
  Path compile(Path directory) throws IOException {
    Path classes = Files.createDirectories(directory.resolve(name));
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter messages = new StringWriter();
    List<String> path = new ArrayList<>();
    classPath.forEach(entry -> path.add(entry.toString()));
    path.add(System.getProperty("java.class.path"));
    boolean compiled = compiler
        .getTask(
            messages,
            null,
            null,
            List.of(
                "-proc:none",
                "-nowarn",
                "--release",
                "17",
                "-d",
                classes.toString(),
                "-cp",
                String.join(":", path)),
            null,
            sources)
        .call();
    if (!compiled) {
      throw new IllegalStateException(name + " does not compile:\n" + messages);
    }
    return classes;
  }

  /** The bundle of those classes. */
  InputStream pack(Path classes) throws IOException {
    Manifest manifest = new Manifest();
    Attributes main = manifest.getMainAttributes();
    main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    main.putValue("Bundle-ManifestVersion", "2");
    main.putValue("Bundle-SymbolicName", name);
    headers.forEach(main::putValue);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JarOutputStream jar = new JarOutputStream(bytes, manifest);
        Stream<Path> files = Files.walk(classes)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        jar.putNextEntry(new JarEntry(classes.relativize(file).toString().replace('\\', '/')));
        Files.copy(file, jar);
        jar.closeEntry();
      }
    }
    return new ByteArrayInputStream(bytes.toByteArray());
  }

  String name() {
    return name;
  }
}
