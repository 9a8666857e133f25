package org.fluidosgi.jgroups.internal.jgroups;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.fluidosgi.channel.NodeAddress;

/** A node in a JVM of its own, which says where it is reached and then works until it is killed. */
final class NodeProcess implements AutoCloseable {
  private static final String UP = "UP ";

  final Process process;
  final NodeAddress address;

  private NodeProcess(Process process, NodeAddress address) {
    this.process = process;
    this.address = address;
  }

  /** Runs in the child: group directory, name, join addresses. */
  public static void main(String[] args) throws InterruptedException {
    List<NodeAddress> join = Stream.of(args).skip(2).map(NodeAddress::parse).toList();
    try (TestNode node = TestNode.open(Path.of(args[0]), args[1], join).start()) {
      System.out.println(UP + node.address());
      new CountDownLatch(1).await();
    }
  }

  static NodeProcess start(Path group, String name, NodeAddress... join) throws IOException {
    List<String> command = new ArrayList<>(List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-Xmx128m",
        "-cp",
        System.getProperty("java.class.path"),
        NodeProcess.class.getName(),
        group.toString(),
        name));
    Stream.of(join).map(NodeAddress::toString).forEach(command::add);
    Process process = new ProcessBuilder(command)
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
    BufferedReader out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    String line = out.readLine();
    if (line == null || !line.startsWith(UP)) {
      process.destroyForcibly();
      throw new IOException("node " + name + " did not start: " + line);
    }
    return new NodeProcess(process, NodeAddress.parse(line.substring(UP.length())));
  }

  /** SIGKILL. */
  void kill() {
    process.destroyForcibly();
  }

  /** SIGSTOP or SIGCONT. */
  void signal(String name) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
