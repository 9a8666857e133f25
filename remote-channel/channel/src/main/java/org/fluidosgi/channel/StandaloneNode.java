package org.fluidosgi.channel;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.UUID;
import org.fluidosgi.channel.internal.core.Limits;
import org.fluidosgi.channel.internal.core.Multiplexer;
import org.fluidosgi.channel.internal.netty.NettyNetwork;
import org.fluidosgi.channel.internal.node.Binding;
import org.fluidosgi.channel.internal.node.GroupToken;
import org.fluidosgi.channel.internal.node.NodeDirectory;
import org.fluidosgi.channel.internal.node.TaskQueue;
import org.jspecify.annotations.Nullable;

/** A node opened without an OSGi framework, for clients, tools and tests; the bundle's activator opens the very same.
 * Shape: reads the settings {@code fluid.*}; {@code fluid.data.dir} is required here. Threads: any; {@link #close} waits until
 * the port, the directory's lock and all threads are free, and is idempotent. */
public final class StandaloneNode implements AutoCloseable {
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);

  private final LocalNode localNode;
  private final Multiplexer multiplexer;
  private final Deque<AutoCloseable> resources;
  private final System.Logger log;
  private boolean closed;

  private StandaloneNode(
      LocalNode localNode, Multiplexer multiplexer, Deque<AutoCloseable> resources) {
    this.localNode = localNode;
    this.multiplexer = multiplexer;
    this.resources = resources;
    this.log = System.getLogger("org.fluidosgi.channel");
  }

  /** Opens a node in the directory {@code fluid.data.dir}.
   * Errors: IllegalArgumentException for a bad setting, IllegalStateException when directory, token or port cannot be had; both
   * in one line with the remedy. Nothing is left open then. */
  public static StandaloneNode open(Settings settings) {
    return open(settings, null, UUID.randomUUID());
  }

  /** Opens a node in the directory {@code fluid.data.dir}, else in the given one, as part of that framework. */
  public static StandaloneNode open(
      Settings settings, @Nullable Path directoryIfUnset, UUID framework) {
    Deque<AutoCloseable> resources = new ArrayDeque<>();
    try {
      return open(settings, directoryIfUnset, framework, resources);
    } catch (IOException e) {
      closeAll(resources, e);
      throw new IllegalStateException(describe(e), e);
    } catch (RuntimeException e) {
      closeAll(resources, e);
      throw e;
    }
  }

  private static String describe(IOException e) {
    String message = e.getMessage();
    boolean ours = e.getClass() == IOException.class;
    return ours && message != null ? message : "file access failed: " + e;
  }

  private static StandaloneNode open(
      Settings settings,
      @Nullable Path directoryIfUnset,
      UUID framework,
      Deque<AutoCloseable> resources)
      throws IOException {
    Limits limits = Limits.read(settings);
    int cores = Runtime.getRuntime().availableProcessors();
    int loops = settings.number("fluid.channel.loops", Math.max(1, Math.min(4, cores / 2)), 1, 64);
    Binding binding = Binding.read(settings);
    NodeDirectory directory = NodeDirectory.open(directory(settings, directoryIfUnset));
    resources.push(directory);
    String name = settings.text("fluid.name", directory.id().toString().substring(0, 8));
    if (name.length() > NodeInfo.NAME_CHARS_MAX) {
      throw new IllegalArgumentException(
          "fluid.name=" + name + ": expected at most " + NodeInfo.NAME_CHARS_MAX + " characters");
    }
    System.Logger log = System.getLogger("org.fluidosgi.channel");
    byte[] token = GroupToken.read(tokenFile(settings, directory.path()), name, log);
    TaskQueue env = new TaskQueue(name);
    resources.push(env);
    NettyNetwork network = new NettyNetwork(limits, loops);
    resources.push(network);

    int port = binding.bind(network::listen);
    NodeInfo info = new NodeInfo(
        directory.id(),
        new Incarnation(framework, directory.counter()),
        name,
        binding.advertise(port));
    Multiplexer multiplexer = new Multiplexer(info, token, limits, env, network);
    network.accept(multiplexer::accept, multiplexer::warn);
    log.log(
        Level.INFO,
        "{0}: node {1}, incarnation {2}, reached at {3}, data in {4}",
        name,
        info.id(),
        info.incarnation().counter(),
        info.address(),
        directory.path());
    binding.doubt(info.address()).ifPresent(doubt -> log.log(Level.WARNING, name + ": " + doubt));
    if (binding.insecure()) {
      log.log(
          Level.WARNING,
          "{0}: fluid.insecure=true: whoever can reach {1} reads and alters what the group says;"
              + " the group token is the only protection",
          name,
          info.address());
    }
    LocalNode local = new Node(info, directory.path(), env, settings, token);
    return new StandaloneNode(local, multiplexer, resources);
  }

  private static Path directory(Settings settings, @Nullable Path directoryIfUnset) {
    return settings
        .text("fluid.data.dir")
        .map(Path::of)
        .or(() -> java.util.Optional.ofNullable(directoryIfUnset))
        .orElseThrow(() -> new IllegalArgumentException(
            "fluid.data.dir is not set: name the directory in which this node keeps its files"));
  }

  private static Path tokenFile(Settings settings, Path directory) {
    Path parent = directory.getParent();
    return settings
        .text("fluid.token.file")
        .map(Path::of)
        .orElseGet(() -> (parent == null ? directory : parent).resolve("group.token"));
  }

  /** Identity, directory, tasks and settings. */
  public LocalNode localNode() {
    return localNode;
  }

  /** The node's channels. */
  public ChannelMultiplexer multiplexer() {
    return multiplexer;
  }

  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    multiplexer.close(CLOSE_TIMEOUT);
    IllegalStateException failures = new IllegalStateException("closing the node failed");
    closeAll(resources, failures);
    for (Throwable failure : failures.getSuppressed()) {
      log.log(Level.WARNING, localNode.info().name() + ": closing the node failed", failure);
    }
    log.log(Level.INFO, "{0}: node stopped", localNode.info().name());
  }

  private static void closeAll(Deque<AutoCloseable> resources, Exception collector) {
    while (!resources.isEmpty()) {
      try {
        resources.pop().close();
      } catch (Exception e) {
        if (e instanceof InterruptedException) {
          Thread.currentThread().interrupt();
        }
        collector.addSuppressed(e);
      }
    }
  }

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Node(NodeInfo info, Path dataDirectory, Env env, Settings settings, byte[] token)
      implements LocalNode {
    @Override
    public byte[] groupKey(String purpose) {
      return GroupToken.key(token, purpose);
    }

    @Override
    public String toString() {
      return "node " + info; // not the token
    }
  }
}
