package org.fluidosgi.itests.benchmarks.registry;

import java.nio.file.Files;
import java.nio.file.Path;
import org.fluidosgi.itests.benchmarks.figures.ChildProcess;
import org.fluidosgi.itests.benchmarks.figures.Figure;

/** Main class of the processes that measure: prints figures, one a line, then {@value ChildProcess#DONE}.
 * Shape: arguments are the subject, the scale of the number of operations, then the subject's own; a fresh process each, so that one
 * does not warm up or litter another. */
final class Child {
  private Child() {}

  /** Where figures go. */
  interface Out {
    void figure(Figure figure);
  }

  public static void main(String[] args) throws Exception {
    Path work = Files.createDirectories(Path.of(System.getProperty("bench.work")));
    double scale = Double.parseDouble(args[1]);
    Out out = figure -> System.out.println(figure.line());
    switch (args[0]) {
      case "lookup" -> new LookupRun(args[2], scale, work, out).run();
      case "heap" -> new HeapRun(work, out).run();
      case "endpoint" -> new EndpointRun(scale, work, out).run();
      case "join" ->
        new JoinRun(
                args[2].equals("memory"),
                Integer.parseInt(args[3]),
                Integer.parseInt(args[4]),
                Integer.parseInt(args[5]),
                scale,
                work,
                out)
            .run();
      case "hazelcast" -> new HazelcastRun(Integer.parseInt(args[2]), scale, out).run();
      case "infinispan" -> new InfinispanRun(Integer.parseInt(args[2]), scale, out).run();
      default -> throw new IllegalArgumentException("nothing called " + args[0]);
    }
    System.out.println(ChildProcess.DONE);
    System.exit(0); // frameworks leave threads behind
  }
}
