package org.fluidosgi.itests.cluster;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.fluidosgi.launcher.process.ProcessException;
import org.jspecify.annotations.Nullable;

/** A Karaf of a test's own, as it is unpacked, with our features' repository unpacked over it; driven by what is typed at its console.
 * It opens no port but that of its node and that for its shutdown, both free ones: the console alone, no ssh. Threads: one at a time;
 * one that reads the console's output ends with the process. */
final class KarafNode implements AutoCloseable {
  private static final Path UNPACKED = Path.of(System.getProperty("fluid.itests.karaf"));
  private static final Path FEATURES = Path.of(System.getProperty("fluid.itests.karaf.features"));
  private static final Path JAVA = Path.of(System.getProperty("fluid.itests.karaf.java"));

  private static final String PROMPT = "karaf@root()>";
  private static final Pattern ANSI = Pattern.compile("\u001B\\[[0-9;?]*[a-zA-Z]");
  private static final Pattern FAILED =
      Pattern.compile("Error executing command.*|Command not found: .*|Error executing: .*");
  private static final Duration POLL = Duration.ofMillis(200);

  private final Path home;
  private @Nullable Process process;
  private BlockingQueue<String> lines = new LinkedBlockingQueue<>();
  private int commands;

  /** Unpacks it there. Shape: the settings are what a user writes into {@code etc/custom.properties}. */
  KarafNode(Path home, Map<String, String> settings) throws IOException {
    this.home = home;
    copy(UNPACKED, home);
    copy(FEATURES, home);
    List<String> written = new ArrayList<>();
    settings.forEach((key, value) -> written.add(key + " = " + value));
    Files.write(etc("custom.properties"), written, StandardOpenOption.APPEND);
    // No repository of the net: what the features need is in the system folder, or it is missing.
    Path maven = etc("org.ops4j.pax.url.mvn.cfg");
    Files.writeString(
        maven,
        Files.readString(maven)
            .replaceAll(
                "(?m)^(org\\.ops4j\\.pax\\.url\\.mvn\\.repositories=).*\\n(\\s.*\\n)*", "$1\n"));
  }

  Path etc(String file) {
    return home.resolve("etc").resolve(file);
  }

  Path data() {
    return home.resolve("data");
  }

  /** Starts it; its console takes commands from then on, each when it is there. */
  void start() throws Exception {
    ProcessBuilder builder = new ProcessBuilder(
            "/bin/sh", home.resolve("bin/karaf").toString(), "client")
        .directory(home.toFile())
        .redirectError(ProcessBuilder.Redirect.appendTo(errors().toFile()));
    builder
        .environment()
        .keySet()
        .removeIf(key -> key.startsWith("KARAF_") || key.endsWith("JAVA_OPTS"));
    builder.environment().put("JAVA_HOME", JAVA.toString());
    builder.environment().put("JAVA_MAX_MEM", "256m");
    builder.environment().put("KARAF_EXEC", "exec"); // the process is Karaf, not its script
    builder.environment().put("TERM", "dumb");
    Process started = builder.start();
    process = started;
    lines = new LinkedBlockingQueue<>();
    Thread reader = new Thread(() -> read(started, lines), "karaf-console");
    reader.setDaemon(true);
    reader.start();
  }

  private static void read(Process process, BlockingQueue<String> lines) {
    try (BufferedReader output = new BufferedReader(
        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        lines.add(ANSI.matcher(line).replaceAll("").stripTrailing());
      }
    } catch (IOException e) {
      lines.add("the console's output broke: " + e);
    }
  }

  /** What a command says. Errors: ProcessException when it failed, is not there, or is not done by then. */
  List<String> run(String command, Duration most) throws ProcessException {
    commands++;
    String begin = "begin-" + commands;
    String end = "end-" + commands;
    // What is typed is echoed: quoted so, it is not the line that is waited for.
    type("echo begin\"-\"" + commands + "\n" + command + "\necho end\"-\"" + commands + "\n");
    long deadline = System.nanoTime() + most.toNanos();
    await(begin, deadline, command);
    List<String> said = await(end, deadline, command);
    if (!said.isEmpty() && FAILED.matcher(said.get(0)).matches()) {
      throw new ProcessException("karaf: '" + command + "': " + String.join(" / ", said));
    }
    return said;
  }

  private List<String> await(String marker, long deadline, String command) throws ProcessException {
    List<String> before = new ArrayList<>();
    try {
      while (System.nanoTime() < deadline) {
        String line = lines.poll(POLL.toMillis(), TimeUnit.MILLISECONDS);
        if (line == null) {
          if (!alive() && lines.isEmpty()) {
            throw new ProcessException("karaf ended at '" + command + "': " + before);
          }
        } else if (line.equals(marker)) {
          return before;
        } else {
          String said = line.contains(PROMPT) ? line.substring(0, line.indexOf(PROMPT)) : line;
          if (!said.isBlank()) {
            before.add(said);
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ProcessException("karaf: interrupted at '" + command + "'", e);
    }
    throw new ProcessException("karaf: '" + command + "' is not done, so far: " + before);
  }

  private void type(String text) throws ProcessException {
    Process running = process;
    if (running == null) {
      throw new ProcessException("karaf: not started");
    }
    try {
      running.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
      running.getOutputStream().flush();
    } catch (IOException e) {
      throw new ProcessException("karaf: takes no commands any more", e);
    }
  }

  boolean alive() {
    Process running = process;
    return running != null && running.isAlive();
  }

  /** Asks it to end as a service manager does; false when it has not by then. */
  boolean stop(Duration most) throws InterruptedException {
    Process running = process;
    if (running == null) {
      return true;
    }
    running.destroy();
    return running.waitFor(most.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** What it logged, and what the JVM said beside it. */
  String log() throws IOException {
    Path log = data().resolve("log/karaf.log");
    return (Files.exists(errors()) ? Files.readString(errors()) : "")
        + (Files.exists(log) ? Files.readString(log) : "");
  }

  private Path errors() {
    return home.resolveSibling(home.getFileName() + ".err");
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path target = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else {
          Files.copy(file, target, StandardCopyOption.REPLACE_EXISTING);
        }
      }
    }
  }

  @Override
  public void close() {
    Process running = process;
    if (running != null) {
      running.destroyForcibly();
      running.onExit().join();
    }
  }
}
