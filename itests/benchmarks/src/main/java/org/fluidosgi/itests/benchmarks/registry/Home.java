package org.fluidosgi.itests.benchmarks.registry;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The built distribution this program belongs to. */
final class Home {
  /** What ours is compared with and is no part of the download: beside the distribution where it was built. */
  static final String PEERS = "../bench-peers";

  private Home() {}

  /** The jar in that folder whose name begins so. Errors: IOException when there is none. */
  static Path jar(String folder, String prefix) throws IOException {
    String home = System.getProperty("fluid.home");
    if (home == null) {
      throw new IOException("no fluid.home: start the benchmark with ./fluid bench registry");
    }
    Path directory = Path.of(home, folder).normalize();
    if (!Files.isDirectory(directory)) {
      throw new IOException("no folder " + directory + ": build the sources with mvn package");
    }
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(file -> file.getFileName().toString().startsWith(prefix))
          .findFirst()
          .orElseThrow(() -> new IOException("no " + prefix + "*.jar in " + directory));
    }
  }
}
