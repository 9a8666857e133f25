package org.fluidosgi.itests.cluster;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.fluidosgi.itests.support.CuttableNetwork;
import org.fluidosgi.launcher.process.NodeProcess;
import org.fluidosgi.launcher.process.ProcessException;
import org.jspecify.annotations.Nullable;

/** Node processes of one test, each started from the unpacked distribution with the probe bundle; ends them all.
 * Their logs lie in the directory, one a node. */
final class Group implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofSeconds(60);
  /** A Felix of OSGi R7, by name of a framework. */
  static final String OLDER_FELIX = "felix-r7";

  private static final Path HOME = Path.of(System.getProperty("fluid.home"));
  private static final Path PROBE = Path.of(System.getProperty("fluid.itests.bundles"));

  private static final int LOG_CHARS_MAX = 20_000;

  private final Path directory;
  private final @Nullable CuttableNetwork network;
  private final Map<String, NodeProcess> nodes = new LinkedHashMap<>();
  private final Map<String, String> addresses = new LinkedHashMap<>();

  Group(Path directory) {
    this(directory, null);
  }

  /** Its nodes listen in that network; null for that of this machine. */
  Group(Path directory, @Nullable CuttableNetwork network) {
    this.directory = directory;
    this.network = network;
  }

  /** Starts a node and waits until it is ready; it joins those that run. */
  NodeProcess start(String name, String framework, String... more) throws ProcessException {
    NodeProcess node = launch(name, framework, more);
    addresses.put(name, node.awaitReady(PATIENCE));
    return node;
  }

  /** Starts a node without waiting. */
  NodeProcess launch(String name, String framework, String... more) throws ProcessException {
    Path home = framework.equals(OLDER_FELIX) ? olderHome() : HOME;
    List<String> command = new ArrayList<>();
    if (network != null) {
      command.addAll(network.prefix(name));
    }
    command.addAll(List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-Xmx256m",
        // As bin/fluid does: from Java 23 on the JVM complains about a call in Felix otherwise.
        Runtime.version().feature() >= 23
            ? "--sun-misc-unsafe-memory-access=allow"
            : "-Xshare:auto",
        "-Dfluid.home=" + home,
        "-cp",
        home.resolve("lib") + "/*",
        "org.fluidosgi.launcher.Main",
        "node",
        "--name",
        name,
        "--framework",
        framework.equals(OLDER_FELIX) ? "felix" : framework,
        "--bundles",
        PROBE.toString()));
    if (!List.of(more).contains("--data")) {
      command.addAll(List.of("--data", directory.resolve(name).toString()));
    }
    List<String> others = new ArrayList<>();
    nodes.forEach((other, process) -> {
      if (!other.equals(name) && process.alive() && addresses.containsKey(other)) {
        others.add(addresses.get(other));
      }
    });
    if (!others.isEmpty() && !List.of(more).contains("--join")) {
      command.addAll(List.of("--join", String.join(",", others)));
    }
    if (network != null) {
      command.addAll(network.arguments(name));
    }
    command.addAll(List.of(more));
    NodeProcess node = NodeProcess.start(name, command, directory.resolve(name + ".log"));
    nodes.put(name, node);
    return node;
  }

  /** The distribution with another Felix in it. */
  private Path olderHome() {
    Path home = directory.resolve("home-" + OLDER_FELIX);
    try {
      if (!Files.exists(home)) {
        Files.createDirectory(home);
        try (Stream<Path> entries = Files.list(HOME)) {
          for (Path entry : entries.toList()) {
            Path name = entry.getFileName();
            Path target = name.toString().equals("frameworks")
                ? Path.of(System.getProperty("fluid.itests.older"))
                : entry;
            Files.createSymbolicLink(home.resolve(name), target);
          }
        }
      }
      return home;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  NodeProcess node(String name) {
    return nodes.get(name);
  }

  String address(String name) {
    return addresses.get(name);
  }

  /** The one line with which a node refuses to start. */
  String refusal(String name, String... more) throws Exception {
    NodeProcess node = launch(name, "felix", more);
    if (!node.awaitExit(PATIENCE) || node.exitCode() != 1) {
      throw new AssertionError(name + " should have ended with 1");
    }
    String said = Files.readString(directory.resolve(name + ".log"));
    if (said.lines().count() != 1) {
      throw new AssertionError(name + " should have said one line: " + said);
    }
    return said.strip();
  }

  /** Output of a command. */
  List<String> run(String name, String command) throws ProcessException {
    return node(name).command(command, PATIENCE);
  }

  /** The message with which a command fails. */
  String failure(String name, String command) {
    try {
      List<String> output = run(name, command);
      throw new AssertionError(name + ": '" + command + "' should have failed, but said " + output);
    } catch (ProcessException e) {
      return String.valueOf(e.getMessage());
    }
  }

  /** Waits until that node sees exactly so many members. */
  void awaitMembers(String name, int count) {
    until(
        name + " sees " + count + " nodes",
        PATIENCE,
        () -> run(name, "fluid:nodes").stream().anyMatch(line -> line.startsWith(count + " node")));
  }

  /** Waits until that node knows the virtual bundle: only the node that installs it knows it at once. */
  void awaitBundle(String name, String id) {
    until(
        name + " knows " + id,
        PATIENCE,
        () -> run(name, "fluid:bundles").stream().anyMatch(line -> line.contains(" " + id + " ")));
  }

  /** Waits for a condition; on failure the nodes' logs go to standard error. */
  void until(String what, Duration most, Callable<Boolean> condition) {
    try {
      await(what)
          .atMost(most)
          .pollInterval(Duration.ofMillis(50))
          .ignoreExceptionsInstanceOf(ProcessException.class)
          .until(condition);
    } catch (RuntimeException e) {
      printLogs();
      throw e;
    }
  }

  void printLogs() {
    for (String name : nodes.keySet()) {
      System.err.println("--- log of " + name);
      try {
        System.err.println(log(name));
      } catch (IOException e) {
        System.err.println("unreadable: " + e);
      }
    }
  }

  /** What the node wrote to its standard error and to its log file, the end of it. */
  String log(String name) throws IOException {
    StringBuilder text = new StringBuilder();
    for (Path file :
        List.of(directory.resolve(name + ".log"), directory.resolve(name).resolve("fluid.log"))) {
      if (Files.exists(file)) {
        String all = Files.readString(file);
        text.append(all.substring(Math.max(0, all.length() - LOG_CHARS_MAX)));
      }
    }
    return text.toString();
  }

  /** Lines of the node's own log file that hold that text. */
  List<String> logged(String name, String text) throws IOException {
    try (Stream<String> lines = Files.lines(directory.resolve(name).resolve("fluid.log"))) {
      return lines.filter(line -> line.contains(text)).toList();
    }
  }

  static String example(String artifact) {
    try (Stream<Path> jars = Files.list(HOME.resolve("examples"))) {
      return jars.filter(jar -> jar.getFileName().toString().equals(artifact + ".jar"))
          .findFirst()
          .orElseThrow()
          .toUri()
          .toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    nodes.values().forEach(NodeProcess::close);
  }
}
