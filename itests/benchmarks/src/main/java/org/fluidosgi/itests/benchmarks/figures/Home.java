package org.fluidosgi.itests.benchmarks.figures;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The built distribution this program belongs to. */
public final class Home {
  /** What ours is compared with and is no part of the download: in the sources that it was built from. */
  public static final String PEERS = "../../../../itests/bench-peers/target/";

  private Home() {}

  /** All jars in that folder. Errors: IOException when there is none. */
  public static List<Path> jars(String folder) throws IOException {
    return jars(folder, "");
  }

  /** The jar in that folder whose name begins so. Errors: IOException when there is none. */
  public static Path jar(String folder, String prefix) throws IOException {
    return jars(folder, prefix).get(0);
  }

  private static List<Path> jars(String folder, String prefix) throws IOException {
    String home = System.getProperty("fluid.home");
    if (home == null) {
      throw new IOException("no fluid.home: start the benchmark with ./fluid bench registry");
    }
    Path directory = Path.of(home, folder).normalize();
    if (!Files.isDirectory(directory)) {
      throw new IOException("no folder " + directory + ": build the sources with mvn package");
    }
    try (Stream<Path> files = Files.list(directory)) {
      List<Path> found = files
          .filter(file -> file.getFileName().toString().startsWith(prefix)
              && file.getFileName().toString().endsWith(".jar"))
          .sorted()
          .toList();
      if (found.isEmpty()) {
        throw new IOException("no " + prefix + "*.jar in " + directory);
      }
      return found;
    }
  }
}
