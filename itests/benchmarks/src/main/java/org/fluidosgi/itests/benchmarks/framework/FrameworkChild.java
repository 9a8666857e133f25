package org.fluidosgi.itests.benchmarks.framework;

import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.fluidosgi.itests.benchmarks.figures.ChildProcess;
import org.fluidosgi.itests.benchmarks.figures.Figure;
import org.fluidosgi.itests.benchmarks.framework.HostKind.Loaders;

/** Main class of the processes that measure. Shape: arguments are what to measure, and the scale of the number of operations. */
final class FrameworkChild {
  private FrameworkChild() {}

  private record Printing(String witness, double scale, PrintStream out)
      implements HostNode.Measuring {
    @Override
    public void figure(Figure figure) {
      out.println(figure.line());
    }
  }

  public static void main(String[] args) throws Exception {
    Path work = Files.createDirectories(Path.of(System.getProperty("bench.work")));
    Path jars = Files.createDirectories(work.resolve("jars"));
    String witness = TinyJar.write(jars, "bench.witness", TinyJar.WITNESS);
    Printing printing = new Printing(witness, Double.parseDouble(args[1]), System.out);
    if (args[0].equals("group")) {
      new GroupRun(work, jars, printing).run();
    } else {
      HostKind kind = HostKind.valueOf(args[0]);
      Loaders loaders = new Loaders();
      try (HostNode node = loaders.start(kind, kind.label(), work, "")) {
        node.join();
        node.witness(witness);
        loaders.comparison(kind, node, printing).run();
      }
    }
    System.out.println(ChildProcess.DONE);
    System.exit(0); // frameworks leave threads behind
  }
}
