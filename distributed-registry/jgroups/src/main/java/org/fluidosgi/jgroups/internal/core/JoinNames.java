package org.fluidosgi.jgroups.internal.core;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.fluidosgi.channel.Env;
import org.fluidosgi.channel.NodeAddress;

/** Asks the name service for the addresses of names, again and again: containers come and go behind a name.
 * A name that has no address now keeps those it had; that is told once.
 * Threads: look-ups block, so they run on the executor, one round at a time, which owns the state. */
public final class JoinNames {
  /** From the end of one round to the next. */
  static final Duration PERIOD = Duration.ofSeconds(10);

  private static final System.Logger LOG = System.getLogger("org.fluidosgi.jgroups");

  private final String node;
  private final Lookup lookup;
  private final Executor blocking;
  private final Env env;
  private final Map<NodeAddress, Set<NodeAddress>> known = new HashMap<>();
  private final Set<NodeAddress> silent = new LinkedHashSet<>();
  private volatile boolean closed;

  /** The name service. */
  @FunctionalInterface
  public interface Lookup {
    /** Literals of the addresses of a host; blocks. */
    List<String> addresses(String host) throws UnknownHostException;

    /** That of this machine. */
    static Lookup system() {
      return host -> Arrays.stream(InetAddress.getAllByName(host))
          .map(InetAddress::getHostAddress)
          .toList();
    }
  }

  public JoinNames(String node, Lookup lookup, Executor blocking, Env env) {
    this.node = node;
    this.lookup = lookup;
    this.blocking = blocking;
    this.env = env;
  }

  /** Begins; {@code found} is given all addresses of all names after each round. */
  void start(List<NodeAddress> names, Consumer<Set<NodeAddress>> found) {
    try {
      if (!closed) {
        blocking.execute(() -> round(names, found));
      }
    } catch (RejectedExecutionException e) {
      tellStop();
    }
  }

  private void tellStop() {
    LOG.log(System.Logger.Level.DEBUG, "{0}: the node stops, no more look-ups", node);
  }

  void close() {
    closed = true;
  }

  private void round(List<NodeAddress> names, Consumer<Set<NodeAddress>> found) {
    Set<NodeAddress> all = new LinkedHashSet<>();
    for (NodeAddress name : names) {
      if (closed) {
        return;
      }
      lookUp(name);
      all.addAll(known.getOrDefault(name, Set.of()));
    }
    found.accept(all);
    try {
      env.schedule(PERIOD, () -> start(names, found));
    } catch (RejectedExecutionException e) {
      tellStop();
    }
  }

  private void lookUp(NodeAddress name) {
    try {
      Set<NodeAddress> now = new LinkedHashSet<>();
      lookup.addresses(name.host()).forEach(host -> now.add(new NodeAddress(host, name.port())));
      known.put(name, now);
      if (silent.remove(name)) {
        LOG.log(
            System.Logger.Level.INFO, "{0}: join name {1} has addresses now: {2}", node, name, now);
      }
    } catch (UnknownHostException e) {
      if (silent.add(name)) {
        LOG.log(
            System.Logger.Level.INFO,
            "{0}: join name {1} has no address; this node works without it and keeps asking",
            node,
            name);
      }
    }
  }
}
