package org.fluidosgi.itests.benchmarks.figures;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A process that measures: it prints figures, one a line, then {@value #DONE}.
 * Shape: {@code heap} as the JVM takes it, {@code directory} is its own. Threads: the caller waits. */
public record ChildProcess(
    String name,
    Class<?> main,
    String classPath,
    String heap,
    Path directory,
    List<String> arguments) {
  /** Last line of a process that has measured all. */
  public static final String DONE = "DONE";

  private static final long LONGEST_MINUTES = 30;

  /** What it measured. Errors: IOException with its log when it failed or hung. */
  public List<Figure> figures() throws IOException, InterruptedException {
    Path figures = directory.resolve("figures");
    Path log = directory.resolve("log");
    Process process = new ProcessBuilder(command())
        .redirectOutput(figures.toFile())
        .redirectError(log.toFile())
        .start();
    boolean ended;
    try {
      ended = process.waitFor(LONGEST_MINUTES, TimeUnit.MINUTES);
    } finally {
      process.destroyForcibly().waitFor();
    }
    List<String> lines = Files.readAllLines(figures);
    String last = lines.isEmpty() ? "no output" : lines.get(lines.size() - 1);
    if (!ended || process.exitValue() != 0 || !last.equals(DONE)) {
      String why = ended ? last : "not over after " + LONGEST_MINUTES + " minutes: " + last;
      throw new IOException("measuring " + name + " failed: " + why + "\n" + Files.readString(log));
    }
    return lines.stream().filter(Figure::is).map(Figure::parse).toList();
  }

  private List<String> command() {
    List<String> command = new ArrayList<>(List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-Xms" + heap,
        "-Xmx" + heap,
        "-Dfluid.home=" + System.getProperty("fluid.home"),
        "-Dbench.work=" + directory,
        "-cp",
        classPath,
        main.getName()));
    if (Runtime.version().feature() >= 23) {
      command.add(1, "--sun-misc-unsafe-memory-access=allow"); // Felix calls it; the JVM complains
    }
    command.addAll(arguments);
    return command;
  }

  /** Removes a folder and all that is in it. */
  public static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
