package org.fluidosgi.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.IntSupplier;
import org.fluidosgi.simulation.registry.RegistryRun;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SimTest {
  private record Result(int code, List<String> out, String err) {}

  private static Result sim(String... arguments) {
    return capture(() -> Sim.run(arguments));
  }

  private static Result capture(IntSupplier toRun) {
    PrintStream out = System.out;
    PrintStream err = System.err;
    ByteArrayOutputStream outBytes = new ByteArrayOutputStream();
    ByteArrayOutputStream errBytes = new ByteArrayOutputStream();
    System.setOut(new PrintStream(outBytes, true, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(errBytes, true, StandardCharsets.UTF_8));
    try {
      int code = toRun.getAsInt();
      return new Result(
          code,
          outBytes.toString(StandardCharsets.UTF_8).lines().toList(),
          errBytes.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
  }

  private static String last(List<String> lines) {
    return lines.get(lines.size() - 1);
  }

  @ParameterizedTest
  @CsvSource({
    "--nodes=0, '--nodes 0 is not in 1..100'",
    "--nodes=101, '--nodes 101'",
    "--nodes=x, '--nodes'",
    "--seed=x, '--seed'",
    "--minutes=0, '--minutes 0'",
    "surplus, 'surplus'"
  })
  void badArgumentsAreOneLineAndExitTwo(String argument, String named) {
    Result result = sim(argument);
    assertEquals(2, result.code());
    assertEquals(1, result.err().lines().count(), result.err());
    assertTrue(result.err().contains(named), result.err());
  }

  @Test
  void oneSeedGivesOneTraceInThisJvmAndInAnother(@TempDir Path folder) throws Exception {
    String[] arguments = {"--nodes", "4", "--seed", "11", "--minutes", "2"};
    Result first = sim(arguments);
    assertEquals(0, first.code(), first.out().toString());
    assertTrue(last(first.out()).startsWith("sim: ok: 4 nodes, 2 minutes, "), last(first.out()));
    assertEquals(last(first.out()), last(sim(arguments).out()));
    // Another JVM iterates over its immutable sets in another order.
    Path out = folder.resolve("out");
    Process process = new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            Sim.class.getName(),
            "--nodes=4",
            "--seed=11",
            "--minutes=2")
        .redirectErrorStream(true)
        .redirectOutput(out.toFile())
        .start();
    assertEquals(0, process.waitFor());
    assertEquals(last(first.out()), last(Files.readAllLines(out)));
  }

  @Test
  void failedCheckIsNamedWithSeedStepAndCommand() {
    RegistryRun run = new RegistryRun(3, 5).traced(line -> {
      if (line.contains(" n2 view ")) {
        throw new IllegalStateException("an event that fails");
      }
    });
    Result result = capture(() -> new Sim().play(run, 5));
    assertEquals(1, result.code());
    List<String> out = result.out();
    assertTrue(
        out.stream()
            .anyMatch(line -> line.startsWith("sim: check no-exception failed at 0m")
                && line.contains("an event that fails")),
        out.toString());
    assertTrue(
        out.contains("sim: replay: ./fluid sim --nodes 5 --seed 5 --minutes 10"), out.toString());
    assertTrue(last(out).startsWith("sim: FAILED: check no-exception, seed 5, step "), last(out));
  }

  @Test
  void anotherSeedGivesAnotherRun() {
    assertNotEquals(
        last(sim("--nodes", "2", "--seed", "1", "--minutes", "1").out()),
        last(sim("--nodes", "2", "--seed", "2", "--minutes", "1").out()));
  }

  @Test
  void traceIsWrittenWhereItIsWanted(@TempDir Path folder) throws Exception {
    Path trace = folder.resolve("trace");
    Result result =
        sim("--nodes", "2", "--seed", "3", "--minutes", "1", "--trace", trace.toString());
    assertEquals(0, result.code());
    List<String> lines = Files.readAllLines(trace);
    assertTrue(lines.stream().anyMatch(line -> line.contains(" n1 shows view ")), "views");
    assertTrue(lines.stream().anyMatch(line -> line.contains(" fault ")), "faults");
  }
}
