package org.fluidosgi.launcher.internal.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.fluidosgi.launcher.internal.Home;
import org.fluidosgi.launcher.internal.LauncherException;
import org.fluidosgi.launcher.process.ProcessException;

/** The demonstration: three framework processes, one of which is killed.
 * Errors: the first deviation ends it; no process is left behind, also when this one is interrupted. */
public final class Demo {
  private static final double SECONDS_MAX = 60;

  private Demo() {}

  /** Runs all steps; the result is the exit code. */
  public static int run(Home home, boolean keep) throws LauncherException {
    Path work = workFolder();
    Narrator narrator = new Narrator(System.out);
    DemoNodes nodes = new DemoNodes(home, work);
    AtomicBoolean done = new AtomicBoolean();
    Runtime.getRuntime()
        .addShutdownHook(new Thread(
            () -> {
              nodes.close();
              if (!done.get()) {
                System.err.println("demo: interrupted; logs are in " + work);
              }
            },
            "fluid-demo-stop"));
    try {
      narrator.title(
          "Fluid OSGi demo: three processes, one framework. Data and logs are in " + work);
      new DemoSteps(home, nodes, narrator).run();
      if (narrator.seconds() > SECONDS_MAX) {
        throw new ProcessException(String.format(
            Locale.ROOT, "took %.1f s, more than %.0f s", narrator.seconds(), SECONDS_MAX));
      }
    } catch (ProcessException | LauncherException e) {
      done.set(true);
      nodes.close();
      System.out.flush();
      throw new LauncherException(
          "demo failed in step " + narrator.step() + ": " + e.getMessage() + "; logs are in "
              + work,
          e);
    } finally {
      nodes.close();
    }
    done.set(true);
    if (keep) {
      narrator.title("kept " + work);
    } else {
      delete(work);
    }
    narrator.title(String.format(Locale.ROOT, "%ndemo: ok (%.1f s)", narrator.seconds()));
    return 0;
  }

  private static Path workFolder() throws LauncherException {
    try {
      return Files.createTempDirectory("fluid-demo-");
    } catch (IOException e) {
      throw new LauncherException("cannot make a temporary folder: set -Djava.io.tmpdir", e);
    }
  }

  private static void delete(Path folder) throws LauncherException {
    List<Path> entries;
    try (Stream<Path> tree = Files.walk(folder)) {
      entries = tree.sorted(Comparator.reverseOrder()).toList();
      for (Path entry : entries) {
        Files.delete(entry);
      }
    } catch (IOException e) {
      throw new LauncherException("cannot remove " + folder, e);
    }
  }
}
