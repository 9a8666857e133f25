package org.fluidosgi.launcher.internal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Command lines of further JVMs of the same Java as this one. */
public final class JavaProcess {
  private JavaProcess() {}

  /** Beginning of a command line: java, its options, class path, main class; arguments may be added. */
  public static List<String> command(Home home, String classPath, String main) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    if (Runtime.version().feature() >= 23) {
      command.add("--sun-misc-unsafe-memory-access=allow"); // Felix calls it; the JVM complains
    }
    command.addAll(quiet());
    command.add("-Dfluid.home=" + home.path());
    command.add("-cp");
    command.add(classPath);
    command.add(main);
    return command;
  }

  /** From Java 23 on the JVM complains about a call in Felix that we cannot change; bin/fluid says the same. */
  public static List<String> quiet() {
    return Runtime.version().feature() >= 23
        ? List.of("--sun-misc-unsafe-memory-access=allow")
        : List.of();
  }

  /** Runs it on this process's own streams; ends it when this process ends first. */
  public static int runInForeground(List<String> command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).inheritIO().start();
    Thread end = new Thread(process::destroy, "fluid-launcher-end");
    Runtime.getRuntime().addShutdownHook(end);
    int code = process.waitFor();
    try {
      Runtime.getRuntime().removeShutdownHook(end);
    } catch (IllegalStateException e) {
      return code; // this process is ending too
    }
    return code;
  }
}
