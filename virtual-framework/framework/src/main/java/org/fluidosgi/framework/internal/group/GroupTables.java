package org.fluidosgi.framework.internal.group;

import java.lang.System.Logger.Level;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.fluidosgi.channel.Incarnation;
import org.fluidosgi.channel.NodeAddress;
import org.fluidosgi.channel.NodeId;
import org.fluidosgi.channel.NodeInfo;
import org.fluidosgi.channel.Registration;
import org.fluidosgi.framework.VirtualNode;
import org.fluidosgi.framework.internal.core.BundleFacts;
import org.fluidosgi.framework.internal.core.NodeFacts;
import org.fluidosgi.framework.internal.core.NodeIds;
import org.fluidosgi.framework.internal.core.OrdinalTable;
import org.fluidosgi.registry.Interest;
import org.fluidosgi.registry.Membership;
import org.fluidosgi.registry.RecordId;
import org.fluidosgi.registry.RegistryRecord;
import org.fluidosgi.registry.RegistryStore;
import org.fluidosgi.registry.Sink;
import org.fluidosgi.registry.View;
import org.fluidosgi.topology.spi.Region;
import org.jspecify.annotations.Nullable;

/** What other nodes' records say: nodes, bundles, endpoints.
 * Invariant: nothing of an owner outside the view stays. A node of another group (it has not got its ordinal yet) shows ordinal 0 and
 * hides its bundles, whose ids may still be those of others. Threads: any reads; the node's task queue writes, and installers. */
final class GroupTables implements Membership.Listener {
  /** Removed bundles that are remembered; the earliest is forgotten. */
  static final int REMOVED_MAX = 1024;

  private static final System.Logger LOG = System.getLogger("org.fluidosgi.framework");
  private final NodeId self;
  private final NodeIds ids;
  private final OrdinalTable ordinals;
  private final RemoteBundle.Remote remote;
  private final Map<NodeId, RegistryRecord> nodeRecords = new ConcurrentHashMap<>();
  private final Map<NodeId, NodeFacts> nodes = new ConcurrentHashMap<>();
  private final RemoteTable bundles = new RemoteTable();
  private final Map<RecordId, RegistryRecord> endpoints = new ConcurrentHashMap<>();
  /** Bundles whose record went, which an answer that comes later must not bring back; true for those that their node has answered it
   * has uninstalled, which a record of before must not either. Its monitor guards entering and removing. */
  private final Map<RecordId, Boolean> removed = new LinkedHashMap<>() {
    private static final long serialVersionUID = 1;

    @Override
    protected boolean removeEldestEntry(Map.Entry<RecordId, Boolean> eldest) {
      return size() > REMOVED_MAX;
    }
  };

  private volatile Set<NodeId> suspected = Set.of();

  GroupTables(NodeId self, NodeIds ids, OrdinalTable ordinals, RemoteBundle.Remote remote) {
    this.self = self;
    this.ids = ids;
    this.ordinals = ordinals;
    this.remote = remote;
  }

  /** Follows that store until the registration is closed; then everything of others is gone. */
  Registration follow(RegistryStore store) {
    List<Registration> parts = List.of(
        store.subscribe(Interest.inKind("node"), sink(this::node, this::nodeGone)),
        store.subscribe(Interest.inKind("bundle"), sink(this::bundle, this::bundleGone)),
        store.subscribe(
            Interest.inKind("endpoint"),
            sink(
                record -> endpoints.put(record.id(), record),
                record -> endpoints.remove(record.id()))));
    return () -> {
      parts.forEach(Registration::close);
      clear();
    };
  }

  private void clear() {
    nodes.clear();
    nodeRecords.clear();
    endpoints.clear();
    synchronized (removed) {
      removed.clear();
      bundles.removeOwners(owner -> true).forEach(RemoteBundle::gone);
    }
  }

  private Sink sink(Consumer<RegistryRecord> present, Consumer<RegistryRecord> gone) {
    return new Sink() {
      @Override
      public void added(RegistryRecord record) {
        read(record, present);
      }

      @Override
      public void modified(RegistryRecord record, RegistryRecord before) {
        read(record, present);
      }

      @Override
      public void removed(RegistryRecord record) {
        gone.accept(record);
      }
    };
  }

  private void read(RegistryRecord record, Consumer<RegistryRecord> present) {
    try {
      present.accept(record);
    } catch (IllegalArgumentException e) {
      LOG.log(Level.WARNING, "{0}: record {1} is ignored: {2}", self, record.id(), e.getMessage());
    }
  }

  private void node(RegistryRecord record) {
    NodeId owner = record.id().owner();
    NodeFacts facts = NodeFacts.from(record.attributes());
    ordinals.learn(facts.group(), owner, facts.ordinal());
    if (!owner.equals(self)) {
      nodeRecords.put(owner, record);
      NodeFacts before = nodes.put(owner, facts);
      if (before != null && before.ordinal() != facts.ordinal()) {
        forgetRemoved(owner); // it may get an earlier ordinal back, and with it earlier ids
      }
      if (before == null || !before.group().equals(facts.group())) {
        bundles.touch();
      }
      node(owner).ifPresent(this::tell);
      tellBundles(owner);
    }
  }

  private void tellBundles(NodeId owner) {
    bundles.of(owner).forEach(RemoteBundle::tell);
  }

  /** This node belongs to another group: other nodes' bundles are of its group now, or not any more. */
  void regrouped() {
    bundles.of(owner -> true).forEach(RemoteBundle::tell);
  }

  /** What is known of that bundle; nothing when it is not one of this node's group. */
  @Nullable
  BundleFacts shown(RemoteBundle bundle) {
    return sameGroup(bundle.node().info().id()) ? bundle.facts() : null;
  }

  /** Records of bundles may come before that of their node: they have shown its id for a name until now. */
  private void tell(VirtualNode node) {
    bundles.of(node.info().id()).forEach(bundle -> bundle.on(node));
  }

  private void nodeGone(RegistryRecord record) {
    nodes.remove(record.id().owner());
    nodeRecords.remove(record.id().owner());
    bundles.touch();
    tellBundles(record.id().owner());
  }

  private void bundle(RegistryRecord record) {
    if (record.id().owner().equals(self)) {
      return;
    }
    BundleFacts facts = BundleFacts.from(record.attributes());
    synchronized (removed) {
      if (!removed.getOrDefault(record.id(), false)) {
        removed.remove(record.id());
        enter(record.id(), facts, record.incarnation());
      }
    }
  }

  private RemoteBundle enter(RecordId id, BundleFacts facts, @Nullable Incarnation incarnation) {
    VirtualNode node = node(id.owner()).orElseGet(() -> unknown(id.owner(), incarnation, ""));
    RemoteBundle bundle =
        bundles.enter(id, () -> new RemoteBundle(remote, node, facts, incarnation));
    bundle.apply(node, facts, incarnation);
    bundles.read(id);
    return bundle;
  }

  private void bundleGone(RegistryRecord record) {
    if (!record.id().owner().equals(self)) {
      remove(record.id(), false);
    }
  }

  private void remove(RecordId id, boolean uninstalled) {
    synchronized (removed) {
      removed.merge(id, uninstalled, Boolean::logicalOr);
      RemoteBundle bundle = bundles.remove(id);
      if (bundle != null) {
        bundle.gone();
      }
    }
  }

  private void forgetRemoved(NodeId owner) {
    synchronized (removed) {
      removed.keySet().removeIf(id -> id.owner().equals(owner));
    }
  }

  /** Enters what a node answered to an installation; its record may come later. One that is uninstalled again, or whose node left, comes
   * back as uninstalled and is not entered. */
  RemoteBundle installed(NodeId owner, BundleFacts facts) {
    RecordId id = new RecordId(owner, "bundle", facts.id().toString());
    synchronized (removed) {
      RemoteBundle bundle = enter(id, facts, null);
      if (removed.containsKey(id) || !nodes.containsKey(owner)) {
        bundles.remove(id);
        bundle.gone();
      }
      return bundle;
    }
  }

  /** Takes a bundle out that its node has uninstalled for us. */
  void uninstalled(NodeId owner, BundleFacts facts) {
    remove(new RecordId(owner, "bundle", facts.id().toString()), true);
  }

  @Override
  public void onView(View view) {
    nodes.keySet().removeIf(node -> !view.contains(node));
    nodeRecords.keySet().removeIf(node -> !view.contains(node));
    endpoints.keySet().removeIf(id -> !view.contains(id.owner()));
    synchronized (removed) {
      removed.keySet().removeIf(id -> !view.contains(id.owner()));
      bundles.removeOwners(owner -> !view.contains(owner)).forEach(RemoteBundle::gone);
    }
  }

  @Override
  public void onSuspected(Set<NodeId> now) {
    suspected = Set.copyOf(now);
  }

  /** Other nodes with a record. */
  List<VirtualNode> nodes() {
    return nodes.keySet().stream().flatMap(id -> node(id).stream()).toList();
  }

  /** That node, if it has a record. */
  Optional<VirtualNode> node(NodeId id) {
    NodeFacts facts = nodes.get(id);
    RegistryRecord record = nodeRecords.get(id);
    if (facts == null || record == null) {
      return Optional.empty();
    }
    boolean numbered = sameGroup(id);
    return Optional.of(new VirtualNode(
        numbered ? facts.ordinal() : 0,
        new NodeInfo(id, record.incarnation(), facts.name(), facts.address()),
        state(id),
        false,
        bundles.count(id),
        facts.properties()));
  }

  private VirtualNode.State state(NodeId id) {
    return suspected.contains(id) ? VirtualNode.State.SUSPECT : VirtualNode.State.UP;
  }

  /** A node that shares records but has no virtual framework, or not yet. */
  VirtualNode unknown(NodeId id, @Nullable Incarnation incarnation, String address) {
    NodeAddress known;
    try {
      known = NodeAddress.parse(address);
    } catch (IllegalArgumentException e) {
      known = new NodeAddress("unknown", 1);
    }
    Incarnation life = incarnation == null ? new Incarnation(id.uuid(), 1) : incarnation;
    NodeInfo info = new NodeInfo(id, life, id.toString().substring(0, 8), known);
    return new VirtualNode(0, info, state(id), false, 0, Map.of());
  }

  private boolean sameGroup(NodeId id) {
    NodeFacts facts = nodes.get(id);
    return facts != null && facts.group().equals(ids.numbers().group());
  }

  /** Bundles of other nodes that have their ordinal in this group. */
  List<RemoteBundle> bundles() {
    return bundles.of(this::sameGroup);
  }

  /** The bundle of that id among them. */
  @Nullable
  RemoteBundle byId(long id) {
    return first(bundles.byId(id), bundle -> bundle.getBundleId() == id);
  }

  /** The bundle of that location with the lowest id, of the nodes that the region sees. */
  @Nullable
  RemoteBundle byLocation(String location, Region region) {
    return first(
        bundles.byLocation(location),
        bundle ->
            bundle.getLocation().equals(location) && region.sees(bundle.node().region()));
  }

  /** Of those of this group. An answer may say otherwise than the record by which it was found, until the next record comes. */
  private @Nullable RemoteBundle first(List<RemoteBundle> found, Predicate<RemoteBundle> still) {
    return found.stream()
        .filter(bundle -> sameGroup(bundle.node().info().id()) && still.test(bundle))
        .min(Comparator.comparingLong(RemoteBundle::getBundleId))
        .orElse(null);
  }

  /** Rises after each change of {@link #bundles}, but for changes of this node's own numbers. */
  long changes() {
    return bundles.changes();
  }

  /** This node's numbers now. */
  NodeIds.Numbers numbers() {
    return ids.numbers();
  }

  /** Endpoint records of the whole group. */
  Collection<RegistryRecord> endpoints() {
    return endpoints.values();
  }
}
