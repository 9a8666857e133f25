package org.fluidosgi.itests.benchmarks;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** One round of ours: two nodes as a user starts them, the service registered in one, the workload in a bundle of the other.
 * Owns both processes and ends them. */
final class FluidRun {
  private static final long LONGEST_MILLIS = TimeUnit.MINUTES.toMillis(5);
  private static final long LOOK_MILLIS = 100;

  private final Peer peer;
  private final int port;
  private final double scale;
  private final Path work;

  FluidRun(Peer peer, int port, double scale, Path work) {
    this.peer = peer;
    this.port = port;
    this.scale = scale;
    this.work = work;
  }

  List<Row> rows() throws IOException, InterruptedException {
    Path bundles = Files.createDirectories(work.resolve("bundles"));
    Files.copy(ownJar(), bundles.resolve("benchmarks.jar"), StandardCopyOption.REPLACE_EXISTING);
    Path result = work.resolve("result");
    Process server = node(
        "server",
        bundles,
        List.of("-Dbench.role=server", "-Dbench.inline=" + (peer == Peer.FLUID_INLINE)),
        List.of("--port", Integer.toString(port)));
    Process client = null;
    try {
      client = node(
          "client",
          bundles,
          List.of(
              "-Dbench.role=client",
              "-Dbench.peer=" + peer.label(),
              "-Dbench.scale=" + scale,
              "-Dbench.server.pid=" + server.pid(),
              "-Dbench.out=" + result),
          List.of("--join", "127.0.0.1:" + port));
      awaitEnd(result, List.of(server, client));
      return Bench.rows(peer, Files.readAllLines(result).stream());
    } finally {
      server.destroyForcibly().waitFor();
      if (client != null) {
        client.destroyForcibly().waitFor();
      }
    }
  }

  private Process node(String name, Path bundles, List<String> properties, List<String> options)
      throws IOException {
    String home = System.getProperty("fluid.home");
    if (home == null) {
      throw new IOException("no fluid.home: start the benchmark with ./fluid bench");
    }
    List<String> command =
        new ArrayList<>(List.of(Bench.java(), "-Xms512m", "-Xmx512m", "-Dfluid.home=" + home));
    command.addAll(properties);
    command.addAll(List.of(
        "-cp",
        Path.of(home, "lib", "*").toString(),
        "org.fluidosgi.launcher.Main",
        "node",
        "--daemon",
        "--name",
        name,
        "--data",
        work.resolve(name).toString(),
        "--bundles",
        bundles.toString()));
    command.addAll(options);
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(work.resolve(name + ".log").toFile())
        .start();
  }

  /** Looks at the result file until its last line says that the workload ended. */
  private void awaitEnd(Path result, List<Process> nodes) throws IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LONGEST_MILLIS);
    while (System.nanoTime() < end) {
      if (Files.exists(result)) {
        List<String> lines = Files.readAllLines(result);
        if (!lines.isEmpty()
            && (lines.get(lines.size() - 1).equals(Bench.DONE)
                || lines.get(lines.size() - 1).startsWith(Bench.FAILED))) {
          return;
        }
      }
      for (Process node : nodes) {
        if (node.waitFor(LOOK_MILLIS / nodes.size(), TimeUnit.MILLISECONDS)) {
          throw new IOException("a node ended with code " + node.exitValue() + ":\n" + logs());
        }
      }
    }
    throw new IOException("no result within " + LONGEST_MILLIS / 1000 + " s:\n" + logs());
  }

  private String logs() throws IOException {
    StringBuilder text = new StringBuilder();
    for (String name : List.of("server", "client")) {
      Path log = work.resolve(name + ".log");
      text.append(name)
          .append(":\n")
          .append(Files.exists(log) ? Files.readString(log) : "no log\n");
    }
    return text.toString();
  }

  private static Path ownJar() throws IOException {
    try {
      return Path.of(
          FluidRun.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IOException("cannot find the benchmark's own jar", e);
    }
  }
}
