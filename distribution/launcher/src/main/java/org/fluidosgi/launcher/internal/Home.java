package org.fluidosgi.launcher.internal;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The unpacked distribution: lib, frameworks, bundles, examples.
 * Shape: {@code fluid.home}, else the folder above the one that holds this program's jar. */
public record Home(Path path) {
  public static Home find() throws LauncherException {
    String property = System.getProperty("fluid.home");
    Path path = property != null ? Path.of(property) : ownJar().resolveSibling("..");
    Home home = new Home(path.toAbsolutePath().normalize());
    if (!Files.isDirectory(home.bundles())) {
      throw new LauncherException(
          "no folder " + home.bundles() + ": set -Dfluid.home to the unpacked distribution");
    }
    return home;
  }

  /** The jar (or class folder) this program runs from. */
  public static Path ownJar() throws LauncherException {
    return jarOf(Home.class);
  }

  /** The jar (or class folder) a class of this program or of its libraries comes from. */
  public static Path jarOf(Class<?> type) throws LauncherException {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI())
          .toAbsolutePath();
    } catch (URISyntaxException e) {
      throw new LauncherException("cannot find the launcher's own jar: set -Dfluid.home", e);
    }
  }

  /** Bundles that make a framework a node. */
  public Path bundles() {
    return path.resolve("bundles");
  }

  /** Example bundles. */
  public Path examples() {
    return path.resolve("examples");
  }

  /** The only jar in that folder whose name begins so. */
  public Path jar(String folder, String prefix) throws LauncherException {
    List<Path> found = jars(path.resolve(folder)).stream()
        .filter(jar -> name(jar).startsWith(prefix))
        .toList();
    if (found.size() != 1) {
      throw new LauncherException(
          found.size() + " jars " + prefix + "* in " + path.resolve(folder) + ": expected one");
    }
    return found.get(0);
  }

  /** Jars in a folder, by name. */
  public static List<Path> jars(Path folder) throws LauncherException {
    List<Path> jars = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, "*.jar")) {
      entries.forEach(jars::add);
    } catch (IOException e) {
      throw new LauncherException("cannot list the folder " + folder, e);
    }
    jars.sort(null);
    return jars;
  }

  /** File name as text. */
  public static String name(Path file) {
    Path name = file.getFileName();
    return name == null ? "" : name.toString();
  }
}
