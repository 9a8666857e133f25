package org.fluidosgi.framework.internal.group;

import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger.Level;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.fluidosgi.framework.VirtualId;
import org.fluidosgi.framework.VirtualNode;
import org.fluidosgi.framework.internal.VirtualContexts;
import org.fluidosgi.framework.internal.core.ContentStore.Content;
import org.fluidosgi.framework.internal.core.NodeIds;
import org.fluidosgi.framework.internal.group.LocalBundle.Saved;
import org.fluidosgi.framework.spi.NodeAgent;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.BundleException;
import org.osgi.framework.SynchronousBundleListener;

/** The virtual bundles of this node: operations on them, the list on file, and what the host tells of them.
 * Invariant: a bundle is on file before its installer hears of it, and known as virtual before any class of it loads.
 * Threads: any; maps are concurrent, the file has its own monitor. */
final class LocalBundles implements SynchronousBundleListener {
  private static final System.Logger LOG = System.getLogger("org.fluidosgi.framework");
  private static final String MARKER = "virtual-bundles";

  /** Longest wait for a bundle that is still starting when the node stops. */
  private static final long STOP_MILLIS = 2_000;

  private final BundleContext context;
  private final NodeAgent agent;
  private final NodeIds ids;
  private final Contents contents;
  private final BundleFile file;
  private final Listener listener;
  private final long timeoutMillis;
  private final Map<Long, LocalBundle> byHost = new ConcurrentHashMap<>();
  private final Map<String, Pending> pending = new ConcurrentHashMap<>();
  private volatile @Nullable VirtualContexts contexts;

  /** An installation under way. */
  private record Pending(VirtualId id, Content content, CompletableFuture<Void> done) {}

  /** Hears of changes; must not block. */
  interface Listener {
    void changed(LocalBundle bundle);

    void gone(VirtualId id);

    VirtualNode node();
  }

  /** What all of them share. */
  record Parts(
      BundleContext context,
      NodeAgent agent,
      NodeIds ids,
      Contents contents,
      BundleFile file,
      Listener listener,
      long timeoutMillis) {}

  LocalBundles(Parts parts) {
    this.context = parts.context;
    this.agent = parts.agent;
    this.ids = parts.ids;
    this.contents = parts.contents;
    this.file = parts.file;
    this.listener = parts.listener;
    this.timeoutMillis = parts.timeoutMillis;
  }

  /** Brings back what is on file; {@code woven} wraps from now on. */
  void open(VirtualContexts woven) throws IOException {
    contexts = woven;
    boolean sameHost =
        context.getDataFile(MARKER) != null && context.getDataFile(MARKER).exists();
    for (BundleFile.Entry entry : file.read()) {
      Bundle host = context.getBundle(entry.hostId());
      boolean found = host != null && host.getLocation().equals(entry.saved().location());
      if (!found) {
        // A host with fresh storage lost the bundle; on a known one an administrator removed it.
        host = sameHost ? null : reinstall(entry);
      }
      if (host == null) {
        LOG.log(Level.INFO, "{0}: {1} is no longer installed here", node().name(), entry.saved());
      } else {
        byHost.put(host.getBundleId(), new LocalBundle(this, host, entry.counter(), entry.saved()));
      }
    }
    context.addBundleListener(this);
    save();
    if (!sameHost
        && context.getDataFile(MARKER) != null
        && !context.getDataFile(MARKER).createNewFile()) {
      LOG.log(Level.DEBUG, "marker was there already");
    }
    all().forEach(LocalBundle::wrapper);
  }

  private @Nullable Bundle reinstall(BundleFile.Entry entry) {
    String location = entry.saved().location();
    try {
      Content content = contents.store().find(entry.saved().sha256()).orElse(null);
      if (content == null || context.getBundle(location) != null) {
        return null;
      }
      return context.getBundle(agent.install(location, content.file()));
    } catch (BundleException e) {
      LOG.log(Level.WARNING, "{0}: {1}: {2}", node().name(), location, HostErrors.cause(e));
      return null;
    }
  }

  /** Stops the virtual bundles and forgets them; the file keeps them. */
  void close() {
    context.removeBundleListener(this);
    for (LocalBundle bundle : all()) {
      int state = bundle.host().getState();
      if (state == Bundle.ACTIVE) {
        stopQuietly(bundle);
      } else if (state == Bundle.STARTING) {
        stopStarting(bundle);
      }
    }
    byHost.clear();
  }

  private void stopQuietly(LocalBundle bundle) {
    try {
      agent.stop(bundle.host().getBundleId(), Bundle.STOP_TRANSIENT);
    } catch (BundleException | RuntimeException e) {
      LOG.log(
          Level.WARNING,
          "{0}: {1} did not stop well: {2}",
          node().name(),
          bundle.id(),
          HostErrors.cause(e));
    }
  }

  /** Stopping waits for an activator that may never return: it must not take our own stop with it. */
  private void stopStarting(LocalBundle bundle) {
    Thread stopper = new Thread(() -> stopQuietly(bundle), "fluid-framework-stop");
    stopper.setDaemon(true);
    stopper.start();
    try {
      stopper.join(STOP_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (stopper.isAlive()) {
      LOG.log(
          Level.WARNING,
          "{0}: {1} does not end starting, it is left alone",
          node().name(),
          bundle.id());
    }
  }

  VirtualContexts contexts() {
    VirtualContexts now = contexts;
    if (now == null) {
      throw new IllegalStateException("the virtual framework is not open");
    }
    return now;
  }

  VirtualNode node() {
    return listener.node();
  }

  int ordinal() {
    return ids.numbers().ordinal();
  }

  List<LocalBundle> all() {
    Collection<LocalBundle> now = byHost.values();
    return now.stream().sorted(Comparator.comparingLong(LocalBundle::counter)).toList();
  }

  int count() {
    return byHost.size();
  }

  /** Content that this node's bundles need. */
  Set<String> hashes() {
    Set<String> used = new HashSet<>();
    byHost.values().forEach(bundle -> used.add(bundle.sha256()));
    return used;
  }

  /** The virtual bundle of that host bundle; never blocks. */
  @Nullable
  LocalBundle of(Bundle host) {
    LocalBundle known = byHost.get(host.getBundleId());
    if (known != null || pending.isEmpty()) {
      return known;
    }
    Pending installing = pending.get(host.getLocation());
    return installing == null ? null : enter(host, installing);
  }

  private LocalBundle enter(Bundle host, Pending installing) {
    Content content = installing.content;
    Saved saved = new Saved(host.getLocation(), content.sha256(), content.size(), false, false);
    LocalBundle fresh = new LocalBundle(this, host, installing.id.counter(), saved);
    LocalBundle before = byHost.putIfAbsent(host.getBundleId(), fresh);
    return before == null ? fresh : before;
  }

  @Nullable
  LocalBundle byId(VirtualId id) {
    if (id.ordinal() != ordinal()) {
      return null;
    }
    for (LocalBundle bundle : byHost.values()) {
      if (bundle.counter() == id.counter()) {
        return bundle;
      }
    }
    return null;
  }

  /** What is installed under that location; refuses when that is an ordinary host bundle. */
  @Nullable
  LocalBundle byLocation(String location) throws BundleException {
    Bundle host = context.getBundle(location);
    LocalBundle known = host == null ? null : of(host);
    if (host != null && known == null) {
      throw new BundleException(
          "install " + location + " on " + node().name() + ": it is installed there as host bundle "
              + host.getBundleId() + ": uninstall that, or use another location",
          BundleException.UNSUPPORTED_OPERATION);
    }
    return known;
  }

  /** Installs content that lies in the store; what is installed there already is returned as it is. */
  LocalBundle install(String location, Content content) throws BundleException {
    LocalBundle known = byLocation(location);
    if (known != null && !pending.containsKey(location)) {
      return known;
    }
    Pending mine = new Pending(nextId(location), content, new CompletableFuture<>());
    Pending other = pending.putIfAbsent(location, mine);
    if (other != null) {
      await(other, location);
      return install(location, content);
    }
    LocalBundle fresh = null;
    try {
      known = byLocation(location);
      if (known != null && !known.id().equals(mine.id)) {
        return known;
      }
      Bundle host = context.getBundle(agent.install(location, content.file()));
      if (host == null) {
        throw new BundleException("it was uninstalled at once");
      }
      fresh = enter(host, mine);
      save();
    } catch (BundleException | IOException | RuntimeException e) {
      undo(fresh);
      throw failed("install " + location, e);
    } finally {
      pending.remove(location);
      mine.done.complete(null);
    }
    fresh.wrapper();
    LOG.log(Level.INFO, "{0}: installed {1} {2}", node().name(), fresh.id(), location);
    listener.changed(fresh);
    return fresh;
  }

  private VirtualId nextId(String location) throws BundleException {
    try {
      return ids.next();
    } catch (IOException e) {
      throw failed("install " + location, e);
    }
  }

  private void await(Pending other, String location) throws BundleException {
    try {
      other.done.get(timeoutMillis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BundleException("install " + location + ": interrupted", e);
    } catch (TimeoutException | java.util.concurrent.ExecutionException e) {
      throw new BundleException(
          "install " + location + ": another installation of it has not ended after "
              + timeoutMillis + " ms: try again",
          e);
    }
  }

  private void undo(@Nullable LocalBundle fresh) {
    if (fresh == null) {
      return;
    }
    byHost.remove(fresh.host().getBundleId());
    try {
      agent.uninstall(fresh.host().getBundleId());
    } catch (BundleException | RuntimeException e) {
      LOG.log(
          Level.WARNING,
          "{0}: {1} stays on the host: {2}",
          node().name(),
          fresh.saved().location(),
          HostErrors.cause(e));
    }
  }

  void start(LocalBundle bundle, int options) throws BundleException {
    if ((options & Bundle.START_TRANSIENT) == 0) {
      setAutostart(bundle, true, (options & Bundle.START_ACTIVATION_POLICY) != 0);
    }
    act("start " + name(bundle), bundle, host -> agent.start(host, options));
  }

  void stop(LocalBundle bundle, int options) throws BundleException {
    if ((options & Bundle.STOP_TRANSIENT) == 0) {
      setAutostart(bundle, false, false);
    }
    act("stop " + name(bundle), bundle, host -> agent.stop(host, options));
  }

  void update(LocalBundle bundle, @Nullable InputStream stream) throws BundleException {
    String what = "update " + name(bundle);
    checkInstalled(bundle);
    String from = bundle.host().getHeaders("").get("Bundle-UpdateLocation");
    try {
      Content content = stream == null
          ? contents.read(from == null ? bundle.saved().location() : from)
          : contents.take(stream);
      replace(bundle, content);
    } catch (IOException e) {
      throw failed(what, e);
    }
  }

  /** Updates from content that lies in the store. */
  void replace(LocalBundle bundle, Content content) throws BundleException {
    String what = "update " + name(bundle);
    Saved before = bundle.saved();
    bundle.change(saved -> saved.withContent(content)); // before the host tells of its update
    boolean done = false;
    try {
      act(what, bundle, host -> agent.update(host, content.file()));
      done = true;
    } finally {
      if (!done) {
        bundle.change(saved -> saved.withContentOf(before));
      }
    }
    saveAfter(what);
    listener.changed(bundle);
  }

  /** Resolves it, or says what it lacks; empty when it is resolved. */
  String missing(LocalBundle bundle) throws BundleException {
    checkInstalled(bundle);
    return agent.resolve(bundle.host().getBundleId());
  }

  void uninstall(LocalBundle bundle) throws BundleException {
    act("uninstall " + name(bundle), bundle, agent::uninstall);
    forget(bundle);
    saveAfter("uninstall " + bundle.id());
  }

  private void forget(LocalBundle bundle) {
    if (byHost.remove(bundle.host().getBundleId(), bundle)) {
      LOG.log(Level.INFO, "{0}: uninstalled {1}", node().name(), bundle.id());
      listener.gone(bundle.id());
    }
  }

  /** One operation of the host. */
  private interface HostCall {
    void on(long hostId) throws BundleException;
  }

  private void act(String what, LocalBundle bundle, HostCall call) throws BundleException {
    checkInstalled(bundle);
    try {
      call.on(bundle.host().getBundleId());
    } catch (BundleException | IllegalStateException | SecurityException e) {
      throw failed(what, e);
    } finally {
      if (byHost.containsKey(bundle.host().getBundleId())) {
        listener.changed(bundle);
      }
    }
  }

  private static void checkInstalled(LocalBundle bundle) {
    if (bundle.host().getState() == Bundle.UNINSTALLED) {
      throw new IllegalStateException(bundle.id() + " is uninstalled");
    }
  }

  private String name(LocalBundle bundle) {
    return bundle.id() + " " + bundle.host().getSymbolicName();
  }

  private BundleException failed(String what, Exception cause) {
    int type =
        cause instanceof BundleException bundle ? bundle.getType() : BundleException.UNSPECIFIED;
    return new BundleException(
        what + " on " + node().name() + ": " + HostErrors.cause(cause), type, cause);
  }

  private void setAutostart(LocalBundle bundle, boolean on, boolean lazily) throws BundleException {
    checkInstalled(bundle);
    if (bundle.change(saved -> saved.withAutostart(on, lazily))) {
      saveAfter("start or stop " + name(bundle));
    }
  }

  private void saveAfter(String what) throws BundleException {
    try {
      save();
    } catch (IOException e) {
      throw failed(what, e);
    }
  }

  private void save() throws IOException {
    synchronized (file) {
      file.write(all());
    }
  }

  /** An administrator may act on the host bundle itself: the group hears of it like of our own doing. */
  @Override
  public void bundleChanged(BundleEvent event) {
    LocalBundle bundle = byHost.get(event.getBundle().getBundleId());
    if (bundle == null) {
      return;
    }
    if (event.getType() == BundleEvent.UNINSTALLED) {
      forget(bundle); // the file follows with the next change, or at the next start
    } else {
      listener.changed(bundle);
    }
  }
}
