package org.fluidosgi.simulation.groupstore;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.groupstore.GroupVoters.Voters;
import org.fluidosgi.groupstore.internal.raft.AgreedGroupStore;
import org.fluidosgi.groupstore.internal.raft.Limits;
import org.fluidosgi.simulation.world.SimulatedNetwork;
import org.fluidosgi.simulation.world.SimulatedProcess;
import org.fluidosgi.simulation.world.SimulatedWorld;
import org.jspecify.annotations.Nullable;

/** The group stores of one world: their files, the way between them, and what their clients saw. Threads: the world's. */
public final class StoreGroup implements AutoCloseable {
  final SimulatedWorld world;
  final SimulatedNetwork network;
  final SplittableRandom random;
  final AgreedGroupStore.Options options;
  final Ledger ledger;
  private final Path root;
  private final TreeMap<NodeId, StoreNode> running = new TreeMap<>();
  private final Set<NodeId> known = new HashSet<>();
  private final Set<NodeId> silent = new HashSet<>();
  private final Map<NodeId, Voters> lastKnown = new HashMap<>();

  public StoreGroup(SimulatedWorld world, SimulatedNetwork network) {
    this.world = world;
    this.network = network;
    random = world.random();
    ledger = new Ledger(world);
    options = new AgreedGroupStore.Options(
        random.nextInt(4) == 0 ? 5 : 3,
        random.nextBoolean() ? Duration.ofSeconds(60) : Duration.ofSeconds(8),
        Duration.ofSeconds(10),
        random.nextBoolean() ? Duration.ofSeconds(10) : Duration.ofSeconds(4),
        random.nextInt(3) == 0 ? Limits.USUAL : new Limits(8, 1_500, 10));
    try {
      root = Files.createTempDirectory("fluid-sim");
    } catch (IOException e) {
      throw new UncheckedIOException("no folder for the simulated disks", e);
    }
  }

  /** A new life of that node's store, which opens its files. */
  public StoreNode start(NodeId id, String name, SimulatedProcess process, Runnable powerLost) {
    StoreNode started = new StoreNode(this, id, name, process, powerLost);
    running.put(id, started);
    known.add(id);
    silent.remove(id);
    started.open();
    return started;
  }

  void ended(StoreNode node, boolean silently) {
    if (running.remove(node.id, node) && silently) {
      silent.add(node.id);
    }
  }

  @Nullable
  StoreNode running(NodeId id) {
    return running.get(id);
  }

  /** How many nodes there were. */
  int ids() {
    return known.size();
  }

  /** The stores that run, in order of their ids. */
  List<StoreNode> running() {
    return new ArrayList<>(running.values());
  }

  /** Whether only silence can tell that this node's process has ended. */
  boolean endedSilently(NodeId id) {
    return silent.contains(id);
  }

  Path folder(NodeId id) {
    return root.resolve("n" + id.uuid().getLeastSignificantBits());
  }

  /** A node whose disk has failed knows nobody, its log still names voters that it needs. */
  void known(NodeId by, Voters voters) {
    if (!voters.nodes().isEmpty()) {
      lastKnown.put(by, voters);
    }
  }

  /** Whether every group would keep a majority of its voters' disks without this one, and those who have them see one another:
   * else they may be about to take one of them out. Shape: {@code intact} are the nodes that still have their disks. Voters that lost
   * more than that have lost their group, which nothing can restore. */
  public boolean survivesWithout(NodeId id, Collection<NodeId> intact) {
    for (Map.Entry<NodeId, Voters> each : lastKnown.entrySet()) {
      List<NodeId> voters = each.getValue().nodes();
      boolean ownAlone = each.getKey().equals(id) && voters.equals(List.of(id));
      if (intact.contains(each.getKey()) && !ownAlone && voters.contains(id)) {
        List<NodeId> left = voters.stream()
            .filter(voter -> !voter.equals(id) && intact.contains(voter))
            .toList();
        if (2 * left.size() <= voters.size() || !see(left)) {
          return false;
        }
      }
    }
    return true;
  }

  private boolean see(List<NodeId> nodes) {
    for (NodeId each : nodes) {
      StoreNode node = running.get(each);
      if (node == null || !node.sees(nodes)) {
        return false;
      }
    }
    return true;
  }

  /** Whether each group that a running store knows has a majority of its voters running, who have not left for another group. */
  boolean majoritiesRun() {
    for (StoreNode node : running.values()) {
      Voters known = node.voters();
      List<NodeId> voters = known.nodes();
      if (2 * voters.stream().filter(each -> mayBelongTo(known.group(), each)).count()
          <= voters.size()) {
        return false;
      }
    }
    return true;
  }

  private boolean mayBelongTo(Optional<UUID> group, NodeId id) {
    StoreNode node = running.get(id);
    return node != null
        && node.voters().group().map(of -> group.equals(Optional.of(of))).orElse(true);
  }

  UUID nextId() {
    return new UUID(random.nextLong(), random.nextLong());
  }

  /** What was decided and answered so far. */
  public StoreTotals totals() {
    return ledger.totals();
  }

  /** Deletes the files. */
  @Override
  public void close() {
    running.values().forEach(StoreNode::forget);
    try (Stream<Path> files = Files.walk(root)) {
      for (Path each : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
