package org.fluidosgi.itests.paxexam;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import org.osgi.framework.Constants;

/** The bundles of the build by symbolic name, and which jars each one's mandatory imports name.
 * Shape: read once from a directory; immutable. */
final class Bundles {
  private final Map<String, Path> jars = new TreeMap<>();
  private final Map<String, Set<String>> exports = new TreeMap<>();
  private final Map<String, Set<String>> imports = new TreeMap<>();

  private Bundles() {}

  /** The bundles that lie in that directory. */
  static Bundles in(Path directory) {
    Bundles bundles = new Bundles();
    try (Stream<Path> files = Files.list(directory)) {
      files.filter(file -> file.toString().endsWith(".jar")).sorted().forEach(bundles::read);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bundles;
  }

  /** Symbolic names of our own bundles. */
  List<String> ours() {
    return jars.keySet().stream()
        .filter(
            name -> name.startsWith("org.fluidosgi.") && !name.startsWith("org.fluidosgi.itests."))
        .toList();
  }

  /** All of ours with what they need, and the probe. */
  List<Path> node() {
    Set<Path> node = new LinkedHashSet<>();
    ours().forEach(name -> node.addAll(closure(name)));
    node.addAll(closure("org.fluidosgi.itests.probe"));
    return List.copyOf(node);
  }

  /** The bundle and everything its mandatory imports reach; a package that nobody here exports is the framework's to give. */
  List<Path> closure(String symbolicName) {
    Set<String> reached = new LinkedHashSet<>();
    Deque<String> open = new ArrayDeque<>(List.of(symbolicName));
    while (!open.isEmpty()) {
      String name = open.pop();
      if (reached.add(name)) {
        for (String wanted : imports.getOrDefault(name, Set.of())) {
          exports.entrySet().stream()
              .filter(entry -> entry.getValue().contains(wanted))
              .map(Map.Entry::getKey)
              .filter(provider -> !reached.contains(provider))
              .findFirst()
              .ifPresent(open::push);
        }
      }
    }
    return reached.stream().map(jars::get).toList();
  }

  private void read(Path file) {
    try (JarFile jar = new JarFile(file.toFile())) {
      Manifest manifest = jar.getManifest();
      String header = manifest == null
          ? null
          : manifest.getMainAttributes().getValue(Constants.BUNDLE_SYMBOLICNAME);
      if (header == null) {
        throw new IllegalStateException(file + " is no bundle");
      }
      String name = header.split(";", 2)[0].trim();
      jars.put(name, file);
      exports.put(
          name, packages(manifest.getMainAttributes().getValue(Constants.EXPORT_PACKAGE), true));
      imports.put(
          name, packages(manifest.getMainAttributes().getValue(Constants.IMPORT_PACKAGE), false));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Package names of a header; of imports only the mandatory ones. */
  private static Set<String> packages(String header, boolean exported) {
    Set<String> names = new LinkedHashSet<>();
    if (header == null) {
      return names;
    }
    for (String clause : header.split(",(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)", -1)) {
      String[] parts = clause.split(";(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)", -1);
      boolean optional =
          Stream.of(parts).anyMatch(part -> part.trim().matches("resolution:=\"?optional\"?"));
      if (exported || !optional) {
        names.add(parts[0].trim());
      }
    }
    return names;
  }
}
