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

/** {@code fluid sim}: hands its arguments to the simulation, which runs the very jars that nodes run.
 * Shape: jar in {@code sim/}; the main class is {@value #MAIN}. */
@Command(
    name = "sim",
    description = "Simulates a whole group under faults from a seed; sim --help lists the options.")
final class SimVerb implements Callable<Integer> {
  private static final String MAIN = "org.fluidosgi.simulation.Sim";

  @Unmatched
  private List<String> arguments = new ArrayList<>();

  @Override
  public Integer call() throws Exception {
    Home home = FluidVerb.home();
    if (!Files.isDirectory(home.path().resolve("sim"))) {
      throw new LauncherException("no simulation in " + home.path().resolve("sim")
          + ": build the sources with mvn package");
    }
    String classPath = classPath(home).stream()
        .map(Path::toString)
        .collect(Collectors.joining(File.pathSeparator));
    List<String> command = JavaProcess.command(home, classPath, MAIN);
    // As in the tests: an assertion in what is simulated is a check, and a replay has to fail
    // alike.
    command.add(1, "-ea");
    command.addAll(arguments);
    return JavaProcess.runInForeground(command);
  }

  private static List<Path> classPath(Home home) throws LauncherException {
    return List.of(
        home.jar("sim", "simulation-"),
        home.jar("sim", "history-"),
        home.jar("lib", "picocli-"),
        home.jar("bundles", "registry-"),
        home.jar("bundles", "group-store-"),
        home.jar("bundles", "channel-"),
        home.jar("bundles", "jackson-core-"),
        home.jar("frameworks", "org.apache.felix.framework-"));
  }
}
