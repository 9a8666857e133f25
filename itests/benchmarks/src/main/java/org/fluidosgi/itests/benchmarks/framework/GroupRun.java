package org.fluidosgi.itests.benchmarks.framework;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.fluidosgi.itests.benchmarks.figures.Figure;
import org.fluidosgi.itests.benchmarks.figures.Heap;
import org.fluidosgi.itests.benchmarks.framework.HostKind.Loaders;

/** Ten nodes in this JVM, Felix and Equinox in turn, each with the whole product and all joined by its engine over loopback sockets;
 * and a thousand virtual bundles, each with content of its own. Owns the nodes. */
final class GroupRun {
  static final int NODES = 10;
  static final int BUNDLES = 1_000;
  private static final int ARRIVALS = 200;
  private static final int WARM_UP = 20;
  private static final int LOOK_UPS = 20_000;
  private static final int ROUNDS = 7;
  private static final int RESTARTS = 3;
  private static final int REJOINS = 5;
  private static final int LOOK_MICROS = 20;
  private static final int SEE_MICROS = 2_000;

  /** The system bundle, which each context lists beside the bundles of the group. */
  private static final int SYSTEM = 1;

  private final Path work;
  private final Path jars;
  private final HostNode.Measuring measuring;
  private final Loaders loaders = new Loaders();
  private final List<HostNode> nodes = new ArrayList<>();
  private final Arrivals arrivals = new Arrivals();

  GroupRun(Path work, Path jars, HostNode.Measuring measuring) {
    this.work = work;
    this.jars = jars;
    this.measuring = measuring;
  }

  void run() throws Exception {
    try {
      assemble();
      double empty = heapOfOthers(0);
      List<Long> ids = install();
      start(ids);
      lookUps();
      arrive();
      restart();
      int known =
          2 * (BUNDLES - BUNDLES / NODES); // 900 by the tenth node, its 100 by the other nine
      figure(
          "heap per known bundle of another node, its records included",
          "bytes",
          (heapOfOthers(BUNDLES / NODES) - empty) / known);
    } finally {
      for (HostNode node : nodes) {
        node.close();
      }
    }
  }

  private void assemble() throws Exception {
    String join = "";
    for (int i = 0; i < NODES; i++) {
      HostKind kind = HostKind.values()[i % HostKind.values().length];
      HostNode node = loaders.start(kind, "node" + (i + 1), work, join);
      nodes.add(node);
      node.join();
      join = nodes.get(0).address();
    }
    for (HostNode node : nodes) {
      Await.until(() -> node.name() + " sees all nodes", SEE_MICROS, () -> node.nodes() == NODES);
    }
    for (HostNode node : nodes) {
      node.witness(measuring.witness());
      node.onInstalled(arrivals.of(node.name()));
    }
    awaitListed(0);
  }

  private void awaitListed(int bundles) throws Exception {
    for (HostNode node : nodes) {
      Await.until(
          () -> bundles + " bundles of the group, " + node.seen(),
          SEE_MICROS,
          () -> node.listed() == SYSTEM + NODES + bundles);
    }
  }

  private void awaitActive(int bundles) throws Exception {
    for (HostNode node : nodes) {
      Await.until(
          () -> bundles + " active bundles, " + node.seen(),
          SEE_MICROS,
          () -> node.active() == SYSTEM + NODES + bundles);
    }
  }

  private List<Long> install() throws Exception {
    List<Long> ids = new ArrayList<>();
    Histogram micros = new Histogram(3);
    long began = System.nanoTime();
    for (int i = 0; i < BUNDLES; i++) {
      String location = TinyJar.write(jars, "bench.tiny" + i, TinyJar.PLAIN);
      long one = System.nanoTime();
      ids.add(nodes.get(0).install(location, nodes.get(i % NODES).name()));
      micros.recordValue((System.nanoTime() - one) / 1000);
    }
    figure("install 1,000 bundles from one node, 100 on each", "s", seconds(began));
    awaitListed(BUNDLES);
    figure("the same, until the virtual contexts of all nodes list all", "s", seconds(began));
    percentiles("one of these installations", micros);
    return ids;
  }

  private void start(List<Long> ids) throws Exception {
    Histogram micros = new Histogram(3);
    long began = System.nanoTime();
    for (long id : ids) {
      long one = System.nanoTime();
      nodes.get(0).start(id);
      micros.recordValue((System.nanoTime() - one) / 1000);
    }
    figure("start these 1,000 from the same node", "s", seconds(began));
    awaitActive(BUNDLES);
    figure("the same, until all nodes see all active", "s", seconds(began));
    percentiles("one of these starts", micros);
  }

  private void lookUps() {
    for (int round = 0; round <= ROUNDS; round++) {
      for (HostKind kind : HostKind.values()) {
        HostNode node = nodes.get(kind.ordinal());
        int calls = (int) (LOOK_UPS * measuring.scale());
        double list = node.lookUp("list", calls);
        double id = node.lookUp("id", calls);
        double location = node.lookUp("location", calls);
        if (round > 0) { // the first warms up
          figure("`getBundles()` with 1,000 bundles, " + kind.label(), "us", list);
          figure("`getBundle(long)` among 1,000 bundles, " + kind.label(), "us", id);
          figure("`getBundle(String)` among 1,000 bundles, " + kind.label(), "us", location);
        }
      }
    }
  }

  /** One after the other, on each node in turn, each uninstalled again. */
  private void arrive() throws Exception {
    Histogram installed = new Histogram(3);
    Histogram listed = new Histogram(3);
    Histogram heard = new Histogram(3);
    int count = WARM_UP + (int) (ARRIVALS * measuring.scale());
    for (int i = 0; i < count; i++) {
      HostNode node = nodes.get(i % NODES);
      String location = TinyJar.write(jars, "bench.late" + i, TinyJar.PLAIN);
      arrivals.expect(location, NODES);
      long began = System.nanoTime();
      long id = node.install(location);
      long over = System.nanoTime();
      for (HostNode each : nodes) {
        Await.until(() -> each.name() + " lists " + location, LOOK_MICROS, () -> each.lists(id));
      }
      long seen = System.nanoTime();
      long told = arrivals.last();
      if (i >= WARM_UP) {
        installed.recordValue((over - began) / 1000);
        listed.recordValue((seen - began) / 1000);
        heard.recordValue((told - began) / 1000);
      }
      node.uninstall(id);
      awaitListed(BUNDLES);
    }
    String at = "install one on its node, 1,000 there: ";
    percentiles(at + "the call itself", installed);
    percentiles(at + "until the virtual contexts of all nodes list it", listed);
    percentiles(at + "until bundle listeners on all nodes have heard of it", heard);
  }

  private void restart() throws Exception {
    for (int i = 0; i < RESTARTS; i++) {
      HostNode node = nodes.get(NODES / 2 + i);
      node.close();
      for (HostNode other : nodes) {
        if (other != node) {
          Await.until(
              () -> other.name() + " misses " + node.name(),
              SEE_MICROS,
              () -> other.listed() == SYSTEM + (NODES - 1) * (1 + BUNDLES / NODES));
        }
      }
      long began = System.nanoTime();
      node.restart();
      awaitActive(BUNDLES);
      figure(
          "restart a node: from the start of its framework until all ten see its 100 bundles active, and it all 1,000",
          "s",
          seconds(began));
      node.onInstalled(arrivals.of(node.name()));
    }
  }

  /** What the heap grows by when the tenth node, which has so many bundles, is of the group again. */
  private double heapOfOthers(int bundles) throws Exception {
    HostNode last = nodes.get(NODES - 1);
    int all = bundles * NODES;
    double[] grown = new double[REJOINS];
    for (int i = 0; i < REJOINS; i++) {
      last.leave();
      Await.until(
          () -> "alone, " + last.seen(), SEE_MICROS, () -> last.listed() == SYSTEM + 1 + bundles);
      for (HostNode node : nodes.subList(0, NODES - 1)) {
        Await.until(
            () -> node.name() + " misses " + last.name(),
            SEE_MICROS,
            () -> node.listed() == SYSTEM + NODES - 1 + all - bundles);
      }
      long alone = Heap.used();
      last.join();
      awaitListed(all);
      grown[i] = Heap.used() - alone;
    }
    Arrays.sort(grown); // the rest of a connection comes and goes with it
    return grown[REJOINS / 2];
  }

  private void percentiles(String what, Histogram micros) {
    figure(what, "p50 ms", micros.getValueAtPercentile(50) / 1e3);
    figure(what, "p99 ms", micros.getValueAtPercentile(99) / 1e3);
  }

  private static double seconds(long began) {
    return (System.nanoTime() - began) / (double) TimeUnit.SECONDS.toNanos(1);
  }

  private void figure(String what, String unit, double value) {
    measuring.figure(new Figure(what, unit, "group", value, ""));
    System.err.println(what + ": " + value + " " + unit); // for the log of a run that fails
  }
}
