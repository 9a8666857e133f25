package org.fluidosgi.itests.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BiPredicate;

/** A network of Linux network namespaces: each node in one of its own, joined by a bridge in one more, so that nothing is added to
 * the host's own network. Who is cut off sends to an address of the link layer that nobody has: what is sent is lost
 * without a word, in one direction.
 * Shape: needs root and iproute2; at most 250 nodes. Threads: one test. Errors: UncheckedIOException with what {@code ip} said. */
public final class NamespaceNetwork implements CuttableNetwork {
  private static final String PREFIX = "fluidit";
  private static final String BRIDGE = "br0";
  private static final String NOBODY = "02:f1:00:00:ff:ff";
  private static final int SECONDS_MAX = 20;

  private final String name = PREFIX + ProcessHandle.current().pid();
  private final List<String> nodes;
  private final Thread atExit = new Thread(this::remove, "fluid-itests-namespaces");

  private NamespaceNetwork(List<String> nodes) {
    this.nodes = List.copyOf(nodes);
  }

  /** Why there can be no namespaces here; empty when there can. */
  public static Optional<String> missing() {
    if (!System.getProperty("user.name").equals("root")) {
      return Optional.of("network namespaces need root");
    }
    String probe = PREFIX + "probe" + ProcessHandle.current().pid();
    try {
      ip("netns", "add", probe);
      ip("netns", "del", probe);
      return Optional.empty();
    } catch (UncheckedIOException e) {
      return Optional.of("network namespaces need iproute2 and the right to make them: " + e);
    }
  }

  /** Makes the namespaces of these nodes; those that a test left behind that was killed are removed. */
  public static NamespaceNetwork of(List<String> nodes) {
    removeAbandoned();
    NamespaceNetwork network = new NamespaceNetwork(nodes);
    Runtime.getRuntime().addShutdownHook(network.atExit);
    try {
      network.make();
      return network;
    } catch (UncheckedIOException e) {
      network.close();
      throw e;
    }
  }

  private void make() {
    ip("netns", "add", name);
    ip("-n", name, "link", "add", "name", BRIDGE, "type", "bridge", "mcast_snooping", "0");
    ip("-n", name, "link", "set", BRIDGE, "up");
    for (int i = 0; i < nodes.size(); i++) {
      String space = space(nodes.get(i));
      String port = "p" + i;
      ip("netns", "add", space);
      ip("-n", name, "link", "add", port, "type", "veth", "peer", "name", "eth0", "netns", space);
      ip("-n", name, "link", "set", port, "master", BRIDGE, "up");
      ip("-n", space, "link", "set", "eth0", "address", hardware(i));
      ip("-n", space, "addr", "add", host(i) + "/24", "dev", "eth0");
      ip("-n", space, "link", "set", "lo", "up");
      ip("-n", space, "link", "set", "eth0", "up");
      ip("-n", space, "route", "add", "224.0.0.0/4", "dev", "eth0");
    }
    heal();
  }

  @Override
  public List<String> prefix(String node) {
    return List.of("ip", "netns", "exec", space(node));
  }

  @Override
  public List<String> arguments(String node) {
    return List.of(
        "--set", "fluid.bind.address=" + host(nodes.indexOf(node)), "--set", "fluid.insecure=true");
  }

  @Override
  public void cut(BiPredicate<String, String> now) {
    for (String from : nodes) {
      List<String> lines = new ArrayList<>();
      for (int to = 0; to < nodes.size(); to++) {
        if (!from.equals(nodes.get(to))) {
          String target = now.test(from, nodes.get(to)) ? NOBODY : hardware(to);
          lines.add("neigh replace " + host(to) + " lladdr " + target + " nud permanent dev eth0");
        }
      }
      run(String.join("\n", lines), List.of("ip", "-n", space(from), "-batch", "-"));
    }
  }

  /** Pulls that node's cable, or puts it back. */
  public void plug(String node, boolean in) {
    ip("-n", name, "link", "set", "p" + nodes.indexOf(node), in ? "up" : "down");
  }

  /** Removes all namespaces, and with them links and addresses. */
  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (IllegalStateException e) {
      return; // the hook does it
    }
    remove();
  }

  private void remove() {
    spaces()
        .filter(space -> space.equals(name) || space.startsWith(name + "-"))
        .forEach(NamespaceNetwork::delete);
  }

  private static void removeAbandoned() {
    spaces()
        .filter(space -> space.startsWith(PREFIX) && isAbandoned(space))
        .forEach(NamespaceNetwork::delete);
  }

  private static boolean isAbandoned(String space) {
    String pid = space.substring(PREFIX.length()).split("-", 2)[0];
    return pid.matches("[0-9]{1,10}") && ProcessHandle.of(Long.parseLong(pid)).isEmpty();
  }

  private static java.util.stream.Stream<String> spaces() {
    return run("", List.of("ip", "netns", "list")).lines().map(line -> line.split(" ", 2)[0]);
  }

  private static void delete(String space) {
    try {
      ip("netns", "del", space);
    } catch (UncheckedIOException e) {
      System.err.println("namespace " + space + " stays: " + e.getMessage());
    }
  }

  private String space(String node) {
    return name + "-" + node;
  }

  private static String host(int index) {
    return "10.77.0." + (index + 1);
  }

  private static String hardware(int index) {
    return String.format("02:f1:00:00:00:%02x", index + 1);
  }

  private static void ip(String... arguments) {
    List<String> command = new ArrayList<>(List.of("ip"));
    command.addAll(List.of(arguments));
    run("", command);
  }

  private static String run(String input, List<String> command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getOutputStream().write(input.getBytes(StandardCharsets.US_ASCII));
      process.getOutputStream().close();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(SECONDS_MAX, TimeUnit.SECONDS) || process.exitValue() != 0) {
        throw new IOException(String.join(" ", command) + ": " + said.strip());
      }
      return said;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UncheckedIOException(new IOException("interrupted: " + command, e));
    }
  }
}
