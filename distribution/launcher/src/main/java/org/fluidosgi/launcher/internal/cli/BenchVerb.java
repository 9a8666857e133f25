package org.fluidosgi.launcher.internal.cli;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.fluidosgi.launcher.internal.Home;
import org.fluidosgi.launcher.internal.JavaProcess;
import org.fluidosgi.launcher.internal.LauncherException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/** {@code fluid bench}: hands its arguments to the benchmark program where the distribution holds one.
 * Shape: jars in {@code bench/}; the main class is {@value #MAIN}. */
@Command(name = "bench", description = "Measures this build; bench --help lists the options.")
final class BenchVerb implements Callable<Integer> {
  private static final String MAIN = "org.fluidosgi.itests.benchmarks.Bench";

  @Unmatched
  private List<String> arguments = new ArrayList<>();

  static boolean present() {
    try {
      return Files.isDirectory(folder(FluidVerb.home()));
    } catch (LauncherException e) {
      return false;
    }
  }

  private static Path folder(Home home) {
    return home.path().resolve("bench");
  }

  @Override
  public Integer call() throws Exception {
    Home home = FluidVerb.home();
    if (!Files.isDirectory(folder(home))) {
      throw new LauncherException(
          "no benchmarks in " + folder(home) + ": build the sources with mvn package");
    }
    String classPath = Home.jars(folder(home)).stream()
        .map(Path::toString)
        .collect(Collectors.joining(File.pathSeparator));
    List<String> command = JavaProcess.command(home, classPath, MAIN);
    command.addAll(arguments);
    return JavaProcess.runInForeground(command);
  }
}
