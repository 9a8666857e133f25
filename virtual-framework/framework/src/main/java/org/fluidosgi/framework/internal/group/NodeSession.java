package org.fluidosgi.framework.internal.group;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import java.util.UUID;
import java.util.function.BiFunction;
import org.fluidosgi.channel.ChannelMultiplexer;
import org.fluidosgi.channel.LocalNode;
import org.fluidosgi.channel.Registration;
import org.fluidosgi.channel.Settings;
import org.fluidosgi.framework.VirtualBundle;
import org.fluidosgi.framework.VirtualFramework;
import org.fluidosgi.framework.VirtualId;
import org.fluidosgi.framework.VirtualNode;
import org.fluidosgi.framework.internal.HostBundles;
import org.fluidosgi.framework.internal.VirtualContexts;
import org.fluidosgi.framework.internal.core.Change;
import org.fluidosgi.framework.internal.core.ContentStore;
import org.fluidosgi.framework.internal.core.KeyedTasks;
import org.fluidosgi.framework.internal.core.NodeFacts;
import org.fluidosgi.framework.internal.core.NodeIds;
import org.fluidosgi.framework.internal.core.Numbering;
import org.fluidosgi.framework.internal.core.OrdinalTable;
import org.fluidosgi.framework.internal.core.Verdicts;
import org.fluidosgi.framework.internal.resources.ClassSpace;
import org.fluidosgi.framework.internal.resources.HostResources;
import org.fluidosgi.groupstore.GroupStore;
import org.fluidosgi.registry.Membership;
import org.fluidosgi.registry.RegistryStore;
import org.fluidosgi.topology.spi.ExportPolicy;
import org.fluidosgi.topology.spi.Region;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.BundleException;
import org.osgi.framework.ServiceRegistration;

/** The virtual framework while its node exists: makes the parts, connects them with the services that come and go, and takes all back.
 * Threads: opened and closed by one thread; trackers attach and detach from any. */
public final class NodeSession implements Registration {
  private static final System.Logger LOG = System.getLogger("org.fluidosgi.framework");
  private static final int MIB = 1024 * 1024;

  /** How long a verdict is kept beyond the time that a request may take. */
  private static final Duration VERDICT_KEPT = Duration.ofMinutes(10);

  private final BundleContext context;
  private final LocalNode node;
  private final Deque<Registration> open = new ArrayDeque<>();
  private final OpThreads threads;
  private final KeyedTasks tasks;
  private final HostAgent agent;
  private final NodeIds ids;
  private final OrdinalTable ordinals;
  private final OpClient client;
  private final LocalBundles bundles;
  private final Verdicts verdicts;
  private final Steps steps;
  private final LocalChanges changes;
  private final ClassSpace classSpace;
  private final BundleEvents events;
  private final RemoteOperations operations;
  private final GroupFramework framework;
  private final GroupTables tables;
  private final Publisher publisher;
  private final Numbering numbering;
  private final OpServer server;
  private final NodeProperties properties;
  private volatile @Nullable ServiceRegistration<ExportPolicy> policy;
  private volatile @Nullable VirtualContexts contexts;
  private volatile @Nullable StartLevels startLevels;
  private @Nullable HostResources hostResources;
  private @Nullable Registration served;
  private @Nullable Registration followed;
  private @Nullable Registration listened;

  /** Opens it. Errors: IOException when the node's files cannot be read or written; nothing is left open then. */
  public static NodeSession open(
      BundleContext context,
      LocalNode node,
      BiFunction<BundleContext, HostBundles, VirtualContexts> weaving)
      throws IOException {
    NodeSession session = new NodeSession(context, node);
    try {
      session.begin(weaving);
      return session;
    } catch (IOException | RuntimeException e) {
      session.close();
      throw e;
    }
  }

  private NodeSession(BundleContext context, LocalNode node) throws IOException {
    this.context = context;
    this.node = node;
    Settings settings = node.settings();
    int timeout = settings.number("fluid.framework.timeout.millis", 30_000, 100, 3_600_000);
    long oneMax =
        settings.number("fluid.framework.bundle.bytes.max", 256 * MIB, 1024, Integer.MAX_VALUE);
    long allMax = (long) MIB * settings.number("fluid.framework.content.mib.max", 2048, 1, 1 << 20);
    Path folder = node.dataDirectory().resolve("framework");
    agent = new HostAgent(context);
    Region region = Region.read(key -> settings.text(key).orElse(null));
    properties = new NodeProperties(settings, region, node.env(), agent.describe());
    ids = NodeIds.open(folder.resolve("ids"), UUID::randomUUID);
    ordinals = new OrdinalTable(ids.numbers().group());
    client = new OpClient(Duration.ofMillis(timeout));
    ContentTransfer transfer = new ContentTransfer(client);
    ContentStore store = new ContentStore(
        node.dataDirectory().resolve("content"), oneMax, allMax, this::hashesInUse);
    Contents contents =
        new Contents(store, sha256 -> transfer.fetch(sha256, store, this::others), timeout);
    threads = new OpThreads(node.env(), node.info().name());
    tasks = new KeyedTasks(threads);
    LocalBundles.Parts parts = new LocalBundles.Parts(
        context,
        agent,
        ids,
        contents,
        new BundleFile(folder.resolve("bundles")),
        listener(),
        node.env(),
        timeout);
    bundles = new LocalBundles(parts);
    verdicts = new Verdicts(
        node.info().id(), node.env(), VERDICT_KEPT.plusMillis(2L * timeout), bundles::underWay);
    open.push(verdicts);
    steps = new Steps(context);
    open.push(steps);
    changes = new LocalChanges(bundles, parts, verdicts, steps, node.env(), threads::inTurn);
    open.push(changes);
    AskedChanges asked = new AskedChanges(client, verdicts, steps, Duration.ofMillis(timeout));
    classSpace = new ClassSpace(context, timeout);
    open.push(classSpace);
    events = new BundleEvents(node.info().name(), this::tell);
    Copies copies = new Copies(context, agent);
    open.push(copies);
    operations = new RemoteOperations(
        bundles, contents, client, transfer, asked, events, copies, threads::inTurn);
    framework = new GroupFramework(
        bundles, contents, client, transfer, asked, classSpace, operations, region);
    tables = new GroupTables(node.info().id(), ids, ordinals, operations);
    operations.tables(tables);
    publisher = new Publisher(node.env(), this::nodeFacts, bundles::all);
    Renumbering renumbering = new Renumbering(
        node.info(), client, tasks, ids, ordinals, tables, bundles, publisher, this::renumbered);
    numbering =
        new Numbering(node.info().id(), ids, node.env(), renumbering::ask, renumbering::given);
    RemoteRights rights = new RemoteRights(node.info().name(), settings);
    server = new OpServer(bundles, changes, contents, ordinals, tasks, rights, publisher::describe);
  }

  private void tell(BundleEvent event) {
    VirtualContexts now = contexts;
    if (now != null) {
      now.tell(event);
    }
    if ((event.getType() & (BundleEvent.UNINSTALLED | BundleEvent.UPDATED)) != 0) {
      operations.tidyCopies();
    }
  }

  private java.util.Set<String> hashesInUse() {
    return bundles.hashes();
  }

  private List<VirtualNode> others() {
    return tables.nodes();
  }

  private LocalBundles.Listener listener() {
    return new LocalBundles.Listener() {
      @Override
      public void changed(LocalBundle bundle) {
        publisher.changed(bundle);
      }

      @Override
      public void gone(VirtualId id) {
        publisher.gone(id);
      }

      @Override
      public VirtualNode node() {
        return localNode();
      }

      @Override
      public List<VirtualBundle> group() {
        return framework.all();
      }
    };
  }

  private VirtualNode localNode() {
    return new VirtualNode(
        ids.numbers().ordinal(),
        node.info(),
        VirtualNode.State.UP,
        true,
        bundles.count(),
        properties.told());
  }

  private NodeFacts nodeFacts() {
    NodeIds.Numbers numbers = ids.numbers();
    return new NodeFacts(
        numbers.ordinal(),
        numbers.group(),
        node.info().name(),
        node.info().address(),
        properties.told());
  }

  private void begin(BiFunction<BundleContext, HostBundles, VirtualContexts> weaving)
      throws IOException {
    ordinals.learn(ids.numbers().group(), node.info().id(), ids.numbers().ordinal());
    VirtualContexts woven = weaving.apply(context, framework);
    open.push(woven);
    contexts = woven;
    open.push(events);
    List<Change> begun = bundles.open(woven);
    open.push(bundles::close);
    open.push(threads); // before the bundles stop: an operation may hold one of them
    open.push(numbering::close);
    openHostResources();
    changes.resume(begun);
    properties.open(publisher::nodeChanged);
    open.push(properties);
    track(GroupStore.class, now -> {
      ordinals.attach(now);
      verdicts.attach(now);
    });
    track(ChannelMultiplexer.class, this::channels);
    track(RegistryStore.class, this::records);
    track(Membership.class, this::members);
    ServiceRegistration<ExportPolicy> sharing = context.registerService(
        ExportPolicy.class, new SharePolicy(framework), properties(ids.numbers().ordinal()));
    policy = sharing;
    open.push(() -> unregister(sharing));
    ServiceRegistration<VirtualFramework> service =
        context.registerService(VirtualFramework.class, framework, null);
    open.push(() -> unregister(service));
    Restarts restarts = new Restarts(node.info().name(), tasks, node.env());
    open.push(restarts);
    StartLevels levels =
        new StartLevels(context, bundle -> node.env().execute(() -> startAgain(restarts, bundle)));
    startLevels = levels;
    open.push(levels);
    open.push(new Autostart(context, node.env(), () -> startAll(restarts)));
  }

  private void openHostResources() {
    if (node.settings().flag("fluid.framework.host.resources", true)) {
      HostResources opened = new HostResources(
          context, node.env(), host -> framework.isVirtual(host) || Copies.isCopy(host));
      hostResources = opened;
      open.push(opened);
    }
  }

  private static Dictionary<String, Object> properties(int ordinal) {
    Dictionary<String, Object> properties = new Hashtable<>();
    properties.put("fluid.ordinal", ordinal);
    return properties;
  }

  private <S> void track(Class<S> type, java.util.function.Consumer<@Nullable S> user) {
    BestService<S> tracker = new BestService<>(context, type, user);
    tracker.open();
    open.push(tracker::close);
  }

  private void channels(@Nullable ChannelMultiplexer now) {
    client.attach(now);
    Registration before = served;
    served = now == null ? null : now.serve(OpClient.ENDPOINT, server);
    close(before);
    if (now != null) {
      numbering.again();
    }
  }

  private void records(@Nullable RegistryStore now) {
    if (now == null) {
      publisher.withdrawAll();
    }
    classSpace.attach(now);
    HostResources hosts = hostResources;
    if (hosts != null) {
      hosts.attach(now);
    }
    Registration before = followed;
    followed = now == null ? null : tables.follow(now);
    close(before);
    if (now != null) {
      publisher.attach(now);
    }
  }

  private void members(@Nullable Membership now) {
    Registration before = listened;
    if (now == null) {
      listened = null;
    } else {
      Registration first = now.listen(tables);
      Registration second = now.listen(numbering);
      listened = () -> {
        second.close();
        first.close();
      };
    }
    close(before);
  }

  private static void close(@Nullable Registration registration) {
    if (registration != null) {
      registration.close();
    }
  }

  private void renumbered(int ordinal) {
    ServiceRegistration<ExportPolicy> sharing = policy;
    if (sharing != null) {
      sharing.setProperties(properties(ordinal));
    }
  }

  private void startAll(Restarts restarts) {
    restarts.begin(bundles.all().stream()
        .filter(bundle -> bundle.saved().autostart())
        .map(bundle -> new Restarts.Start(bundle.id(), () -> restart(bundle)))
        .toList());
  }

  private void startAgain(Restarts restarts, LocalBundle bundle) {
    restarts.begin(List.of(new Restarts.Start(bundle.id(), () -> restart(bundle))));
  }

  private boolean restart(LocalBundle bundle) throws BundleException {
    LocalBundle.Saved now = bundle.saved();
    StartLevels levels = startLevels;
    boolean wanted = now.autostart()
        && bundle.host().getState() != Bundle.UNINSTALLED
        && (levels == null || levels.reached(bundle));
    if (wanted) {
      bundle.start(Bundle.START_TRANSIENT | (now.lazily() ? Bundle.START_ACTIVATION_POLICY : 0));
    }
    return wanted;
  }

  private static void unregister(ServiceRegistration<?> registration) {
    try {
      registration.unregister();
    } catch (IllegalStateException e) {
      LOG.log(Level.TRACE, "gone already", e);
    }
  }

  @Override
  public void close() {
    while (!open.isEmpty()) {
      Registration part = open.pop();
      try {
        part.close();
      } catch (RuntimeException e) {
        // The parts that are still open must not stay so.
        LOG.log(Level.WARNING, node.info().name() + ": a part did not close well", e);
      }
    }
  }
}
