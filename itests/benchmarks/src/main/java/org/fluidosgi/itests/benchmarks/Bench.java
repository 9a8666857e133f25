package org.fluidosgi.itests.benchmarks;

import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.fluidosgi.itests.benchmarks.framework.FrameworkBench;
import org.fluidosgi.itests.benchmarks.registry.RegistryBench;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ./fluid bench}: every round runs every peer once, each as a server and a client process on loopback, so that ratios hold
 * on a noisy machine. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    subcommands = {RegistryBench.class, FrameworkBench.class},
    description = "Measures remote calls of ours and of others side by side on this machine.")
public final class Bench implements Callable<Integer> {
  static final String READY = "READY";
  static final String DONE = "DONE";
  static final String FAILED = "FAILED ";

  @Option(names = "--quick", description = "One short round: a first impression in about a minute.")
  private boolean quick;

  @Option(names = "--rounds", description = "Rounds to run (default: 7, with --quick 1).")
  private int rounds;

  @Option(
      names = "--peers",
      split = ",",
      description = "Peers to run, the reference netty-echo included (default: all).")
  private List<String> labels = Peer.all().stream().map(Peer::label).toList();

  @Option(
      names = "--write",
      paramLabel = "FILE",
      description = "Write the table to this page, with machine and date.")
  private @Nullable Path page;

  private final PrintStream out = System.out;

  public static void main(String[] args) {
    CommandLine line = new CommandLine(new Bench()).setCommandName("fluid bench");
    line.setParameterExceptionHandler((e, given) -> {
      System.err.println("fluid bench: " + e.getMessage() + " (see fluid bench --help)");
      return 2;
    });
    line.setExecutionExceptionHandler((e, commandLine, result) -> {
      System.err.println("fluid bench: " + e.getMessage());
      return 1;
    });
    System.exit(line.execute(args));
  }

  @Override
  public Integer call() throws Exception {
    List<Peer> peers;
    try {
      peers = labels.stream().map(Peer::of).toList();
    } catch (IllegalArgumentException e) {
      System.err.println("fluid bench: " + e.getMessage());
      return 2;
    }
    int count = rounds > 0 ? rounds : quick ? 1 : 7;
    double scale = quick ? 0.35 : 1;
    Table table = new Table();
    Path work = Files.createTempDirectory("fluid-bench");
    try {
      for (int round = 1; round <= count; round++) {
        Map<Peer, List<Row>> rows = new EnumMap<>(Peer.class);
        for (Peer peer : peers) {
          out.printf("round %d of %d: %s%n", round, count, peer.label());
          rows.put(peer, run(peer, scale, work.resolve(peer.label() + "-" + round)));
        }
        table.add(rows);
      }
    } finally {
      delete(work);
    }
    String report = report(peers, table, count, scale);
    out.println();
    out.print(report);
    if (page != null) {
      Page.CALLS.write(page, report);
    }
    return 0;
  }

  private List<Row> run(Peer peer, double scale, Path work)
      throws IOException, InterruptedException {
    Files.createDirectories(work);
    int port = freePort();
    return peer.ours() ? new FluidRun(peer, port, scale, work).rows() : plain(peer, port, scale);
  }

  private static List<Row> plain(Peer peer, int port, double scale)
      throws IOException, InterruptedException {
    Process server = start(List.of("serve", peer.label(), Integer.toString(port)));
    try {
      String first = server.inputReader().readLine();
      if (!READY.equals(first)) {
        throw new IOException("the server of " + peer.label() + " did not start: " + first);
      }
      Process client = start(List.of(
          "call",
          peer.label(),
          Integer.toString(port),
          Double.toString(scale),
          Long.toString(server.pid())));
      return rows(peer, client.inputReader().lines());
    } finally {
      server.destroyForcibly().waitFor();
    }
  }

  private static Process start(List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(
        java(),
        "-Xms512m",
        "-Xmx512m",
        "-cp",
        System.getProperty("java.class.path"),
        Plain.class.getName()));
    command.addAll(arguments);
    return new ProcessBuilder(command)
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  /** The rows among the lines. Errors: IOException with the workload's word when it failed. */
  static List<Row> rows(Peer peer, Stream<String> lines) throws IOException {
    List<String> all = lines.toList();
    if (all.isEmpty() || !all.get(all.size() - 1).equals(DONE)) {
      throw new IOException("the workload on " + peer.label() + " failed: "
          + (all.isEmpty() ? "no output" : all.get(all.size() - 1)));
    }
    return all.stream().limit(all.size() - 1L).map(Row::parse).toList();
  }

  private static String report(List<Peer> peers, Table table, int rounds, double scale)
      throws IOException {
    return ("Machine: %d processors, load average %.1f at the end (this program included), %s %s, "
            + "Java %s (%s), %s; %d round(s), time scale %.2f.%n%n%s%n%n%s")
        .formatted(
            Runtime.getRuntime().availableProcessors(),
            ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage(),
            System.getProperty("os.name"),
            System.getProperty("os.version"),
            System.getProperty("java.version"),
            System.getProperty("java.vm.name"),
            LocalDate.now(),
            rounds,
            scale,
            peers.stream()
                .map(peer -> "- `" + peer.label() + "`: " + peer.meaning())
                .collect(Collectors.joining("\n")),
            table.markdown());
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
