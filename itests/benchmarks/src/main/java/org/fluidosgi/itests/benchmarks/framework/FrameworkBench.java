package org.fluidosgi.itests.benchmarks.framework;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.fluidosgi.itests.benchmarks.Page;
import org.fluidosgi.itests.benchmarks.figures.ChildProcess;
import org.fluidosgi.itests.benchmarks.figures.Figure;
import org.fluidosgi.itests.benchmarks.figures.Machine;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code ./fluid bench framework}: each round compares the two contexts of a bundle in a fresh process for each kind of host; then
 * one process runs the group of ten nodes. */
@Command(
    name = "framework",
    mixinStandardHelpOptions = true,
    description =
        "Measures look-ups through virtual contexts beside the host framework's own, on Felix and Equinox, and"
            + " a group of 10 nodes with 1,000 virtual bundles in one process.")
public final class FrameworkBench implements Callable<Integer> {
  private static final int ROUNDS = 7;
  private static final int ROUNDS_MAX = 100;
  private static final double QUICK = 0.35;

  /** What one run can be confined to. */
  enum Part {
    contexts,
    group
  }

  @Option(names = "--quick", description = "One short round: a first impression.")
  private boolean quick;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      description = "Rounds of the comparison of contexts, 1..100 (default: 7, with --quick 1).")
  private @Nullable Integer rounds;

  @Option(
      names = "--only",
      paramLabel = "PART",
      description =
          "Only ${COMPLETION-CANDIDATES}; not with --write, which writes the whole section.")
  private @Nullable Part only;

  @Option(
      names = "--write",
      paramLabel = "FILE",
      description = "Write the tables to this page, with machine, date and load; what else the page"
          + " holds stays.")
  private @Nullable Path page;

  @Spec
  private @Nullable CommandSpec spec;

  private final PrintStream out = System.out;
  private final long began = System.nanoTime();

  @Override
  public Integer call() throws Exception {
    int count = rounds == null ? quick ? 1 : ROUNDS : rounds;
    if (count < 1 || count > ROUNDS_MAX) {
      throw wrong("--rounds is 1.." + ROUNDS_MAX + ", not " + count);
    }
    if (only != null && page != null) {
      throw wrong("--write writes the whole section: leave out --only");
    }
    double loadBefore = Machine.load();
    List<List<Figure>> contexts = new ArrayList<>();
    List<Figure> group = List.of();
    Path work = Files.createTempDirectory("fluid-bench");
    try {
      for (int round = 1; round <= count && only != Part.group; round++) {
        List<Figure> figures = new ArrayList<>();
        for (HostKind kind : HostKind.values()) {
          tell("round %d of %d: contexts on %s".formatted(round, count, kind.label()));
          figures.addAll(measured(kind.name(), "1g", work));
        }
        contexts.add(figures);
      }
      if (only != Part.contexts) {
        tell("group: %d nodes, %,d bundles".formatted(GroupRun.NODES, GroupRun.BUNDLES));
        group = measured("group", "3g", work);
      }
    } finally {
      ChildProcess.delete(work);
    }
    String report = FrameworkReport.of(Machine.label(loadBefore), scale(), contexts, group);
    tell("done");
    out.println();
    out.print(report);
    if (page != null) {
      Page.FRAMEWORK.write(page, report);
    }
    return 0;
  }

  private void tell(String what) {
    out.printf("%4d s  %s%n", TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began), what);
  }

  private double scale() {
    return quick ? QUICK : 1;
  }

  private List<Figure> measured(String what, String heap, Path work)
      throws IOException, InterruptedException {
    Path directory = Files.createDirectories(work.resolve(what));
    try {
      return new ChildProcess(
              what,
              FrameworkChild.class,
              System.getProperty("java.class.path"),
              heap,
              directory,
              List.of(what, Double.toString(scale())))
          .figures();
    } finally {
      ChildProcess.delete(directory);
    }
  }

  private RuntimeException wrong(String message) {
    return spec == null
        ? new IllegalArgumentException(message)
        : new ParameterException(spec.commandLine(), message);
  }
}
