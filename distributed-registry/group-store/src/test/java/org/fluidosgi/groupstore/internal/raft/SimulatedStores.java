package org.fluidosgi.groupstore.internal.raft;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import org.fluidosgi.channel.ChannelException;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.groupstore.Versioned;
import org.fluidosgi.groupstore.internal.core.Peers;
import org.fluidosgi.registry.View;
import org.fluidosgi.registry.testkit.Simulation;
import org.jspecify.annotations.Nullable;

/** Group stores of several nodes in virtual time, on files that crash, over a network that delays, loses, repeats and cuts. */
final class SimulatedStores {
  static final Duration LONG = Duration.ofSeconds(60);

  final Simulation simulation;
  private final Path folder;
  private final Map<Integer, Node> nodes = new HashMap<>();
  private final Set<List<NodeId>> cut = new HashSet<>();
  AgreedGroupStore.Options options = new AgreedGroupStore.Options(
      3, Duration.ofSeconds(30), Duration.ofSeconds(10), Duration.ofSeconds(10));
  double loss;
  private long epoch;

  SimulatedStores(long seed, Path folder) {
    simulation = new Simulation(seed);
    this.folder = folder;
  }

  static NodeId id(int number) {
    return new NodeId(new UUID(0, number));
  }

  /** One node's life; its files outlive it. */
  final class Node implements Peers {
    final NodeId id;
    final CrashingDisk disk = new CrashingDisk(simulation.random());
    final Simulation.SimulatedEnv env = simulation.env();
    final AgreedGroupStore store;
    boolean dead;

    Node(int number) {
      id = id(number);
      store = new AgreedGroupStore(
          new AgreedGroupStore.Place(
              "n" + number,
              id,
              folder(number),
              env,
              task -> env.schedule(Duration.ZERO, task),
              task -> env.schedule(Duration.ZERO, task),
              this,
              disk,
              () -> new UUID(simulation.random().nextLong(), simulation.random().nextLong())),
          options);
      try {
        store.open(List.of());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void send(NodeId to, byte[] message) {
      int copies =
          simulation.random().nextDouble() < loss ? 2 * simulation.random().nextInt(2) : 1;
      for (int i = 0; i < copies; i++) {
        simulation.schedule(delay(), () -> {
          Node target = alive(to);
          if (target != null && !isCut(id, to)) {
            target.store.onMessage(id, message);
          }
        });
      }
    }

    @Override
    public CompletableFuture<byte[]> request(NodeId to, byte[] request, Duration timeout) {
      CompletableFuture<byte[]> answer = new CompletableFuture<>();
      if (!isReachable(to)) {
        return CompletableFuture.failedFuture(failure(ChannelException.Effect.NONE));
      }
      simulation.schedule(
          timeout, () -> answer.completeExceptionally(failure(ChannelException.Effect.UNKNOWN)));
      simulation.schedule(delay(), () -> {
        Node target = alive(to);
        if (target == null || isCut(id, to)) {
          return;
        }
        target
            .store
            .onRequest(id, request)
            .whenComplete((bytes, failed) -> simulation.schedule(delay(), () -> {
              if (failed != null) {
                answer.completeExceptionally(failure(ChannelException.Effect.UNKNOWN));
              } else if (!isCut(to, id) && alive(to) == target) {
                answer.complete(bytes);
              }
            }));
      });
      return answer;
    }

    private ChannelException failure(ChannelException.Effect effect) {
      return new ChannelException(ChannelException.Scope.CHANNEL, effect, "cut or dead");
    }

    @Override
    public boolean isReachable(NodeId to) {
      return alive(to) != null && !isCut(id, to) && !isCut(to, id);
    }
  }

  private Duration delay() {
    return Duration.ofNanos(500_000L + simulation.random().nextInt(4_000_000));
  }

  private boolean isCut(NodeId from, NodeId to) {
    return cut.contains(List.of(from, to));
  }

  private @Nullable Node alive(NodeId id) {
    Node found = nodes.get((int) id.uuid().getLeastSignificantBits());
    return found == null || found.dead ? null : found;
  }

  Path folder(int number) {
    return folder.resolve("n" + number);
  }

  Node node(int number) {
    Node found = nodes.get(number);
    if (found == null) {
      throw new IllegalArgumentException("no node " + number);
    }
    return found;
  }

  /** Starts a node, or starts it again. */
  Node start(int number) {
    Node started = new Node(number);
    nodes.put(number, started);
    return started;
  }

  /** Starts nodes and waits until they are the voters of one group. */
  void startTogether(Integer... numbers) {
    List.of(numbers).forEach(this::start);
    together(numbers);
    awaitVoters(numbers);
  }

  /** The process dies. */
  void kill(int number) {
    Node node = node(number);
    node.dead = true;
    node.env.kill();
    try {
      node.disk.crash();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The node stops in order. */
  boolean stop(int number) {
    Node node = node(number);
    node.store.onView(new View(++epoch, List.of(node.id), Set.of())); // the registry stops first
    boolean left = get(node.store.leave());
    node.store.close();
    node.dead = true;
    node.env.kill();
    return left;
  }

  /** Each list becomes a part of the network, and a view; a node on its own sees only itself. */
  @SafeVarargs
  final void split(List<Integer>... parts) {
    cut.clear();
    for (List<Integer> part : parts) {
      for (List<Integer> other : parts) {
        if (part != other) {
          part.forEach(a -> other.forEach(b -> cut.add(List.of(id(a), id(b)))));
        }
      }
    }
    for (List<Integer> part : parts) {
      view(part);
    }
  }

  /** One direction between two nodes. */
  void cutOneWay(int from, int to) {
    cut.add(List.of(id(from), id(to)));
  }

  /** One of them is told that another is gone, though nothing is cut. */
  void rumour(List<Integer> living, Random random) {
    if (living.size() > 1) {
      List<Integer> told = new ArrayList<>(living);
      int deceived = told.get(random.nextInt(told.size()));
      told.removeIf(each -> each != deceived && random.nextInt(2) == 0);
      node(deceived).store.onView(new View(++epoch, view(told.toArray(Integer[]::new)), Set.of()));
    }
  }

  /** All that live see one another, in that order. */
  void together(Integer... numbers) {
    split(Arrays.asList(numbers));
  }

  List<NodeId> view(Integer... numbers) {
    return Arrays.stream(numbers).map(SimulatedStores::id).toList();
  }

  private void view(List<Integer> part) {
    if (part.isEmpty()) {
      return;
    }
    View view = new View(
        ++epoch, part.stream().map(SimulatedStores::id).collect(Collectors.toList()), Set.of());
    for (int number : part) {
      Node node = alive(id(number)) == null ? null : node(number);
      if (node != null) {
        simulation.schedule(delay(), () -> node.store.onView(view));
      }
    }
  }

  <T> T get(CompletionStage<T> stage) {
    CompletableFuture<T> future = stage.toCompletableFuture();
    simulation.until("an answer", LONG, future::isDone);
    return future.join();
  }

  Throwable failure(CompletionStage<?> stage) {
    CompletableFuture<?> future = stage.toCompletableFuture();
    simulation.until("a failure", LONG, future::isDone);
    try {
      Object got = future.join();
      throw new AssertionError("no failure but " + got);
    } catch (CompletionException e) {
      return e.getCause();
    }
  }

  Versioned write(int number, String key, long version, String value) {
    return get(
        node(number).store.compareAndSet(key, version, value.getBytes(StandardCharsets.UTF_8)));
  }

  Versioned read(int number, String key) {
    return get(node(number).store.read(key));
  }

  static String text(Versioned entry) {
    return entry.value() == null ? "-" : new String(entry.value(), StandardCharsets.UTF_8);
  }

  /** Waits until those nodes are the voters, as each of them sees it, and one leads. */
  void awaitVoters(Integer... numbers) {
    Set<NodeId> expected =
        Arrays.stream(numbers).map(SimulatedStores::id).collect(Collectors.toSet());
    simulation.until(
        "voters " + expected,
        LONG,
        () -> Arrays.stream(numbers).allMatch(number -> sees(number, expected)));
  }

  private boolean sees(int number, Set<NodeId> expected) {
    GroupNode node = node(number).store.node();
    Replica own = node.replica();
    return own != null
        && own.isVoting()
        && new HashSet<>(node.voters()).equals(expected)
        && own.leader().isPresent();
  }

  int leader(Integer... among) {
    List<Integer> leaders = new ArrayList<>();
    for (int number : among) {
      Replica own = node(number).store.node().replica();
      if (alive(id(number)) != null && own != null && own.isLeader()) {
        leaders.add(number);
      }
    }
    return leaders.isEmpty() ? 0 : leaders.get(leaders.size() - 1);
  }
}
