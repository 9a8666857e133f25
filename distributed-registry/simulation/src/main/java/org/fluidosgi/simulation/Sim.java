package org.fluidosgi.simulation;

import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.Logger;
import org.fluidosgi.simulation.groupstore.StoreTotals;
import org.fluidosgi.simulation.registry.RegistryRun;
import org.fluidosgi.simulation.world.CheckFailedException;
import org.fluidosgi.simulation.world.Trace;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code ./fluid sim}: one simulated group under a seed, until its minutes are over or a check fails. */
@Command(
    name = "fluid sim",
    sortOptions = false,
    description = {
      "Runs the registry and the group store of a whole group in one thread and in virtual time, under random work and faults that a seed"
          + " decides, and checks it after every event; see docs/simulation.md.",
      "The same options give the same run, event by event. Exit code 0: every check held; 1: one failed, and the"
          + " output says which and how to replay it; 2: wrong arguments."
    })
public final class Sim implements Callable<Integer> {
  /** Most minutes of one run: about ten weeks. */
  static final int MINUTES_MAX = 100_000;

  private static final long PROGRESS_NANOS = 2_000_000_000L;

  @Option(
      names = "--nodes",
      paramLabel = "N",
      description = "Machines of the group, 1.." + RegistryRun.NODES_MAX + " (default: 5).")
  private int nodes = 5;

  @Option(
      names = "--seed",
      paramLabel = "S",
      description = "What decides everything random (default: a new one, which is printed).")
  private @Nullable Long seed;

  @Option(
      names = "--minutes",
      paramLabel = "M",
      description = "Minutes of the group's own time, 1.." + MINUTES_MAX
          + " (default: 10). It passes hundreds of times faster than yours.")
  private int minutes = 10;

  @Option(
      names = "--trace",
      paramLabel = "FILE",
      description =
          "Write what happened to this file, a line each: about 60 KB a minute of five nodes.")
  private @Nullable Path trace;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this and exit.")
  @SuppressWarnings("UnusedVariable")
  private boolean help;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  private final PrintStream out = System.out;
  private long toldAt = System.nanoTime();

  public static void main(String[] arguments) {
    System.exit(run(arguments));
  }

  /** Runs it; the result is the exit code. */
  static int run(String... arguments) {
    CommandLine line = new CommandLine(new Sim());
    line.setParameterExceptionHandler((problem, given) -> {
      System.err.println("fluid sim: " + problem.getMessage() + "; try fluid sim --help");
      return CommandLine.ExitCode.USAGE;
    });
    line.setExecutionExceptionHandler((problem, command, parsed) -> {
      System.err.println("fluid sim: " + problem.getMessage());
      return CommandLine.ExitCode.SOFTWARE;
    });
    return line.execute(arguments);
  }

  @Override
  public Integer call() throws IOException {
    check("--nodes", nodes, RegistryRun.NODES_MAX);
    check("--minutes", minutes, MINUTES_MAX);
    long chosen = seed == null ? ThreadLocalRandom.current().nextInt(Integer.MAX_VALUE) : seed;
    LogManager.getLogManager()
        .reset(); // crashes are meant here: the store's warnings would be noise
    Logger.getLogger("").setLevel(Level.OFF);
    if (trace == null) {
      return play(new RegistryRun(nodes, chosen), chosen);
    }
    try (PrintWriter lines =
        new PrintWriter(Files.newBufferedWriter(trace, StandardCharsets.UTF_8))) {
      int code = play(new RegistryRun(nodes, chosen).traced(lines::println), chosen);
      if (lines.checkError()) {
        throw new UncheckedIOException(new IOException("cannot write " + trace));
      }
      return code;
    }
  }

  private void check(String option, int value, int most) {
    if (value < 1 || value > most) {
      throw new ParameterException(
          spec.commandLine(), option + " " + value + " is not in 1.." + most);
    }
  }

  /** Plays it and prints the outcome; the result is the exit code. */
  int play(RegistryRun run, long chosen) {
    String command = "./fluid sim --nodes " + nodes + " --seed " + chosen + " --minutes " + minutes;
    out.println(command);
    try {
      RegistryRun.Totals totals = run.play(Duration.ofMinutes(minutes), this::progress);
      out.println("sim: ok: " + nodes + " nodes, " + minutes + " minutes, " + text(totals));
      return CommandLine.ExitCode.OK;
    } catch (CheckFailedException e) {
      out.println("sim: check " + e.checker() + " failed at " + Trace.time(e.nanos()) + ": "
          + e.getMessage());
      Throwable cause = e.getCause();
      if (cause != null) {
        cause.printStackTrace(out);
      }
      out.println("sim: replay: " + command);
      RegistryRun.Totals totals = run.totals();
      out.println("sim: FAILED: check " + e.checker() + ", seed " + chosen + ", step "
          + totals.steps() + ", " + text(totals));
      return CommandLine.ExitCode.SOFTWARE;
    }
  }

  private void progress(RegistryRun run) {
    long now = System.nanoTime();
    if (now - toldAt > PROGRESS_NANOS) {
      toldAt = now;
      out.println("sim: at " + run.time() + " of " + minutes + "m, " + text(run.totals()));
    }
  }

  private static String text(RegistryRun.Totals totals) {
    StoreTotals stores = totals.stores();
    return totals.writes() + " writes, " + totals.faults() + " faults, " + totals.heals()
        + " heals, agreed within " + totals.agreeMillisMax() + " ms; group store: "
        + stores.writes() + " writes, " + stores.conflicts() + " conflicts, " + stores.reads()
        + " reads, " + stores.refused() + " refused, " + stores.stale() + " stale, "
        + stores.nobodys() + " not judged, " + stores.groups() + " groups, wrote again within "
        + totals.writeAgainMillisMax() + " ms; " + totals.events() + " events, trace "
        + String.format("%016x", totals.traceHash());
  }
}
