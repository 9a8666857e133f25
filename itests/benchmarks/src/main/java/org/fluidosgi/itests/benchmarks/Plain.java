package org.fluidosgi.itests.benchmarks;

import java.io.PrintStream;
import java.lang.System.Logger.Level;

/** A peer that needs no framework, in a process of its own: {@code serve <peer> <port>} or
 * {@code call <peer> <port> <scale> <server pid>}. */
public final class Plain {
  private Plain() {}

  public static void main(String[] args) {
    try {
      run(args);
      System.exit(0);
    } catch (Throwable e) { // network threads would keep the process alive
      System.getLogger("org.fluidosgi.bench").log(Level.ERROR, "the measurement failed", e);
      System.out.println(Bench.FAILED + e);
      System.exit(1);
    }
  }

  private static void run(String[] args) throws Exception {
    String peer = args[1];
    int port = Integer.parseInt(args[2]);
    PrintStream out = System.out;
    if (args[0].equals("serve")) {
      if (peer.equals("rmi")) {
        Rmi.serve(port);
      } else {
        NettyEcho.serve(port);
      }
      out.println(Bench.READY);
      while (System.in.read() >= 0) {
        // ends with the process that started this one
      }
      return;
    }
    new Workload(
            peer,
            peer.equals("rmi") ? Rmi.connect(port) : NettyEcho.connect(port),
            Double.parseDouble(args[3]),
            Long.parseLong(args[4]),
            row -> out.println(row.line()))
        .run();
    out.println(Bench.DONE);
  }
}
