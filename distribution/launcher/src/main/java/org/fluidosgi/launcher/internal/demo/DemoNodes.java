package org.fluidosgi.launcher.internal.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.fluidosgi.launcher.Main;
import org.fluidosgi.launcher.internal.Home;
import org.fluidosgi.launcher.internal.JavaProcess;
import org.fluidosgi.launcher.internal.LauncherException;
import org.fluidosgi.launcher.process.NodeProcess;
import org.fluidosgi.launcher.process.ProcessException;
import org.jspecify.annotations.Nullable;

/** The demo's processes; none outlives {@link #close}.
 * Threads: any; the map is guarded by this, once closed nothing starts any more. */
final class DemoNodes implements AutoCloseable {
  private static final Duration READY_MOST = Duration.ofSeconds(20);
  private static final Duration STOP_MOST = Duration.ofSeconds(5);

  private final Home home;
  private final Path work;
  private final Map<String, NodeProcess> nodes = new LinkedHashMap<>();
  private boolean closed;

  DemoNodes(Home home, Path work) {
    this.home = home;
    this.work = work;
  }

  /** Starts a node with those example bundles and waits until it is ready; the result is its address. */
  String start(String name, String framework, @Nullable String join, List<String> examples)
      throws LauncherException, ProcessException {
    List<String> command =
        JavaProcess.command(home, home.path().resolve("lib") + "/*", Main.class.getName());
    // Short-lived processes: little heap, quick start.
    command.addAll(1, List.of("-Xmx256m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    command.addAll(List.of(
        "node",
        "--name",
        name,
        "--framework",
        framework,
        "--data",
        work.resolve(name).toString(),
        "--bundles",
        copy(name, examples).toString()));
    if (join != null) {
      command.addAll(List.of("--join", join));
    }
    return launch(name, command).awaitReady(READY_MOST);
  }

  private synchronized NodeProcess launch(String name, List<String> command)
      throws ProcessException {
    if (closed) {
      throw new ProcessException("the demo is ending");
    }
    NodeProcess node = NodeProcess.start(name, command, work.resolve(name + ".err"));
    nodes.put(name, node);
    return node;
  }

  synchronized NodeProcess node(String name) {
    NodeProcess node = nodes.get(name);
    if (node == null) {
      throw new IllegalArgumentException("no node " + name);
    }
    return node;
  }

  private Path copy(String name, List<String> examples) throws LauncherException {
    try {
      Path folder = Files.createDirectories(work.resolve("bundles-" + name));
      for (String example : examples) {
        Path jar = home.jar("examples", example);
        Files.copy(jar, folder.resolve(Home.name(jar)));
      }
      return folder;
    } catch (IOException e) {
      throw new LauncherException("cannot copy the example bundles to " + work, e);
    }
  }

  /** Asks every node to end. Errors: one does not end in time. */
  void stopAll() throws ProcessException {
    List<NodeProcess> all = all();
    for (NodeProcess node : all) {
      if (node.alive() && !node.stop(STOP_MOST)) {
        throw new ProcessException(
            node.name() + ": did not stop within " + STOP_MOST.toSeconds() + " s of SIGTERM");
      }
    }
  }

  private synchronized List<NodeProcess> all() {
    return new ArrayList<>(nodes.values());
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
    }
    all().forEach(NodeProcess::close);
  }
}
