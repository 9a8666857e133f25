package org.fluidosgi.itests.benchmarks.registry;

import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.fluidosgi.itests.benchmarks.Page;
import org.fluidosgi.itests.benchmarks.figures.ChildProcess;
import org.fluidosgi.itests.benchmarks.figures.Figure;
import org.fluidosgi.itests.benchmarks.figures.FigureTable;
import org.fluidosgi.itests.benchmarks.figures.Home;
import org.fluidosgi.itests.benchmarks.figures.Machine;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code ./fluid bench registry}: every round runs every subject once in a fresh process, in which ours and the other take turns. */
@Command(
    name = "registry",
    mixinStandardHelpOptions = true,
    description = "Measures the registry beside the host frameworks' own registries, Hazelcast and"
        + " Infinispan on this machine: look-up, publish, heap, join.")
public final class RegistryBench implements Callable<Integer> {
  private static final int ROUNDS_MAX = 100;

  /** Members of a grid do not always come together; a failure is told, and one that stays ends the bench. */
  private static final int ATTEMPTS_MAX = 3;

  @Option(
      names = "--quick",
      description = "One short round of the quick subjects: a first impression within a minute.")
  private boolean quick;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      description = "Rounds to run, 1..100 (default: 7, with --quick 1).")
  private @Nullable Integer rounds;

  @Option(
      names = "--subjects",
      split = ",",
      paramLabel = "SUBJECT",
      description = "What to measure: ${COMPLETION-CANDIDATES}, several parted by commas (default:"
          + " all but jgroups-100, with --quick the quick ones).",
      completionCandidates = Subject.Labels.class)
  private List<String> labels = List.of();

  @Option(
      names = "--write",
      paramLabel = "FILE",
      description = "Write the table to this page, with machine, date and load; what else the page"
          + " holds stays.")
  private @Nullable Path page;

  @Spec
  private @Nullable CommandSpec spec;

  private final PrintStream out = System.out;

  @Override
  public Integer call() throws Exception {
    Set<Subject> subjects = subjects();
    int count = rounds == null ? quick ? 1 : 7 : rounds;
    if (count < 1 || count > ROUNDS_MAX) {
      throw wrong("--rounds is 1.." + ROUNDS_MAX + ", not " + count);
    }
    double scale = quick ? 0.35 : 1;
    double loadBefore = Machine.load();
    FigureTable table = new FigureTable();
    String report = "";
    Path work = Files.createTempDirectory("fluid-bench");
    try {
      for (int round = 0; round < count; round++) {
        for (Subject subject : subjects) {
          if (subject.everyRound() || round == 0) {
            run(subject, round, count, scale, work, table);
          }
        }
        report = report(table, subjects, scale, loadBefore);
        if (page != null) {
          Page.REGISTRY.write(page, report); // each round, for the case that somebody ends this
        }
      }
    } finally {
      ChildProcess.delete(work);
    }
    out.println();
    out.print(report);
    return 0;
  }

  private Set<Subject> subjects() {
    if (labels.isEmpty()) {
      return Arrays.stream(Subject.values())
          .filter(subject -> quick ? subject.quick() : subject.usual())
          .filter(this::isThere)
          .collect(Collectors.toCollection(LinkedHashSet::new));
    }
    try {
      return labels.stream().map(Subject::of).collect(Collectors.toCollection(LinkedHashSet::new));
    } catch (IllegalArgumentException e) {
      throw wrong(String.valueOf(e.getMessage()));
    }
  }

  private boolean isThere(Subject subject) {
    try {
      return !subject.jars().isEmpty();
    } catch (IOException e) {
      out.println(subject.label() + " is left out: " + e.getMessage());
      return false;
    }
  }

  private RuntimeException wrong(String message) {
    if (spec == null) {
      return new IllegalArgumentException(message);
    }
    return new ParameterException(spec.commandLine(), message);
  }

  /** Runs one process. A subject that is not run every round does all rounds in its one process. */
  private void run(
      Subject subject, int round, int rounds, double scale, Path work, FigureTable table)
      throws IOException, InterruptedException {
    out.printf(
        "round %s of %d: %s%n",
        subject.everyRound() ? Integer.toString(round + 1) : "1.." + rounds,
        rounds,
        subject.label());
    for (int attempt = 1; ; attempt++) {
      Path directory = Files.createDirectories(work.resolve(subject.label() + "-" + round));
      try {
        add(measured(subject, rounds, scale, directory), round, table);
        return;
      } catch (IOException e) {
        if (attempt == ATTEMPTS_MAX) {
          throw e;
        }
        out.println(String.valueOf(e.getMessage()).lines().findFirst().orElse("") + "; once more");
      } finally {
        ChildProcess.delete(directory);
      }
    }
  }

  private static void add(List<Figure> figures, int round, FigureTable table) {
    List<Figure> seen = new ArrayList<>();
    for (Figure figure : figures) {
      int before = (int) seen.stream().filter(figure::isSameAs).count();
      seen.add(figure);
      table.add(round + before, figure);
    }
  }

  private static List<Figure> measured(Subject subject, int rounds, double scale, Path directory)
      throws IOException, InterruptedException {
    return new ChildProcess(
            subject.label(),
            Child.class,
            classPath(subject),
            subject.heap(),
            directory,
            subject.arguments(scale, rounds))
        .figures();
  }

  private static String classPath(Subject subject) throws IOException {
    List<String> jars = new ArrayList<>(List.of(System.getProperty("java.class.path")));
    for (String prefix : subject.bundles()) {
      jars.add(Home.jar("bundles", prefix).toString());
    }
    subject.jars().forEach(jar -> jars.add(jar.toString()));
    return String.join(File.pathSeparator, jars);
  }

  private static String report(
      FigureTable table, Set<Subject> subjects, double scale, double loadBefore) {
    return ("%s; scale of the number of operations %.2f. Less is better in every"
            + " line. `p50`: median of single operations in a round; `CPU`: processor time of the whole"
            + " process per operation; `median`: of the rounds; `ratio`: to the named one of the same line"
            + " and round, median.%n%n%s%n%n%s")
        .formatted(
            Machine.label(loadBefore),
            scale,
            subjects.stream()
                .map(subject -> "- `" + subject.label() + "`: " + subject.meaning())
                .collect(Collectors.joining("\n")),
            table.markdown());
  }
}
