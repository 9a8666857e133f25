package org.fluidosgi.framework.internal.group;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.fluidosgi.channel.Env;
import org.fluidosgi.framework.VirtualBundle;
import org.fluidosgi.framework.VirtualId;
import org.fluidosgi.framework.VirtualNode;
import org.fluidosgi.framework.internal.VirtualContexts;
import org.fluidosgi.framework.internal.core.Change;
import org.fluidosgi.framework.internal.core.NodeIds;
import org.fluidosgi.framework.internal.group.LocalBundle.Saved;
import org.fluidosgi.framework.spi.NodeAgent;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.BundleException;
import org.osgi.framework.SynchronousBundleListener;

/** The virtual bundles of this node: which there are, the list on file, starting and stopping, and what the host tells of them.
 * Invariant: a bundle is known as virtual before any class of it loads, and on file before its installer hears of it.
 * Threads: any; maps are concurrent, the file has its own monitor. */
final class LocalBundles implements SynchronousBundleListener {
  /** Most uninstalled bundles that are remembered in case the host forgets that they are; the earliest go first. */
  static final int UNINSTALLED_MAX = 1_024;

  private static final System.Logger LOG = System.getLogger("org.fluidosgi.framework");

  /** Longest wait for a bundle that is still starting when the node stops. */
  private static final long STOP_MILLIS = 2_000;

  private final Parts parts;
  private final LocalTable byHost = new LocalTable();
  private final Map<String, Installing> installing = new ConcurrentHashMap<>();
  private final NavigableMap<Long, BundleFile.Entry> uninstalled = new ConcurrentSkipListMap<>();
  private volatile @Nullable VirtualContexts contexts;
  private @Nullable LocalChanges changes;

  /** Guarded by the file's monitor. */
  private boolean closed;

  /** An installation under way. */
  record Installing(Change change, CompletableFuture<Void> over) {}

  /** Hears of changes; must not block. */
  interface Listener {
    void changed(LocalBundle bundle);

    void gone(VirtualId id);

    VirtualNode node();

    /** All that this node knows. */
    List<VirtualBundle> group();
  }

  /** What all of them share. */
  record Parts(
      BundleContext context,
      NodeAgent agent,
      NodeIds ids,
      Contents contents,
      BundleFile file,
      Listener listener,
      Env env,
      long timeoutMillis) {}

  LocalBundles(Parts parts) {
    this.parts = parts;
  }

  /** Set once, before there is any bundle. */
  void changes(LocalChanges by) {
    changes = by;
  }

  /** What changes their content or existence. */
  LocalChanges changes() {
    LocalChanges known = changes;
    if (known == null) {
      throw new IllegalStateException("the virtual framework is not open");
    }
    return known;
  }

  /** Brings back what is on file; {@code woven} wraps from now on. The changes that were not over. */
  List<Change> open(VirtualContexts woven) throws IOException {
    contexts = woven;
    Recovery.Found found = new Recovery(this, parts).recover();
    uninstalled.putAll(found.uninstalled());
    found.installing().forEach(change -> installing(change));
    found.bundles().forEach(this::enter);
    parts.context.addBundleListener(this);
    save();
    all().forEach(LocalBundle::wrapper);
    return found.changes();
  }

  /** Stops the virtual bundles and forgets them; the file keeps them. */
  void close() {
    parts.context.removeBundleListener(this);
    for (LocalBundle bundle : all()) {
      int state = bundle.host().getState();
      if (state == Bundle.ACTIVE) {
        stopQuietly(bundle);
      } else if (state == Bundle.STARTING) {
        stopStarting(bundle);
      }
    }
    Bundle system = parts.context.getBundle(0);
    synchronized (parts.file) {
      try {
        save(system != null && system.getState() == Bundle.ACTIVE);
      } catch (IOException e) {
        LOG.log(Level.WARNING, "{0}: the list of virtual bundles: {1}", node().name(), e);
      }
      closed = true;
      byHost.clear();
    }
  }

  private void stopQuietly(LocalBundle bundle) {
    try {
      parts.agent.stop(bundle.host().getBundleId(), Bundle.STOP_TRANSIENT);
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
    return parts.listener.node();
  }

  int ordinal() {
    return parts.ids.numbers().ordinal();
  }

  /** Those that the group knows, by id. */
  List<LocalBundle> all() {
    return byHost.sorted();
  }

  LocalTable table() {
    return byHost;
  }

  int count() {
    return byHost.size();
  }

  /** Content that this node's bundles need, or needed until a change that may be taken back. */
  Set<String> hashes() {
    Set<String> used = new HashSet<>();
    installing.values().forEach(each -> used.add(each.change.sha256()));
    byHost.values().forEach(bundle -> {
      used.add(bundle.saved().sha256());
      used.add(bundle.sha256());
    });
    return used;
  }

  /** The virtual bundle of that host bundle; never blocks. */
  @Nullable
  LocalBundle of(Bundle host) {
    LocalBundle known = byHost.get(host.getBundleId());
    if (known != null || installing.isEmpty()) {
      return known;
    }
    Installing now = installing.get(host.getLocation());
    return now == null ? null : enter(host, now.change);
  }

  /** The host has what is being installed. */
  LocalBundle enter(Bundle host, Change change) {
    Saved saved = new Saved(host.getLocation(), change.sha256(), change.size(), false, false);
    LocalBundle fresh = new LocalBundle(this, host, change.counter(), saved);
    fresh.claim(change);
    LocalBundle before = byHost.putIfAbsent(host.getBundleId(), fresh);
    return before == null ? fresh : before;
  }

  private void enter(LocalBundle bundle) {
    byHost.put(bundle.host().getBundleId(), bundle);
  }

  /** Whether that change is not over. */
  boolean underWay(UUID change) {
    return installing.values().stream().anyMatch(each -> each.change.id().equals(change))
        || byHost.values().stream().anyMatch(bundle -> {
          Change now = bundle.underWay();
          return now != null && now.id().equals(change);
        });
  }

  /** Begins an installation; null, or the one of that location that is under way. */
  @Nullable
  Installing installing(Change change) {
    return installing.putIfAbsent(
        change.location(), new Installing(change, new CompletableFuture<>()));
  }

  /** That installation is over, one way or the other. */
  void installed(Change change) {
    Installing before = installing.get(change.location());
    if (before != null
        && before.change.equals(change)
        && installing.remove(change.location(), before)) {
      byHost.settled();
      before.over.complete(null);
    }
  }

  @Nullable
  LocalBundle byId(VirtualId id) {
    return id.ordinal() == ordinal() ? byHost.known(id.counter()) : null;
  }

  @Nullable
  LocalBundle byCounter(long counter) {
    return byHost.byCounter(counter);
  }

  /** What is installed under that location, or is being installed; refuses when that is an ordinary host bundle. */
  @Nullable
  LocalBundle byLocation(String location) throws BundleException {
    Bundle host = parts.context.getBundle(location);
    LocalBundle known = host == null ? null : of(host);
    if (host != null && known == null) {
      throw new BundleException(
          "install " + location + " on " + node().name() + ": it is installed there as host bundle "
              + host.getBundleId() + ": uninstall that, or use another location",
          BundleException.UNSUPPORTED_OPERATION);
    }
    return known;
  }

  void start(LocalBundle bundle, int options) throws BundleException {
    if ((options & Bundle.START_TRANSIENT) == 0) {
      setAutostart(bundle, true, (options & Bundle.START_ACTIVATION_POLICY) != 0);
    }
    act("start " + name(bundle), bundle, host -> parts.agent.start(host, options));
  }

  void stop(LocalBundle bundle, int options) throws BundleException {
    if ((options & Bundle.STOP_TRANSIENT) == 0) {
      setAutostart(bundle, false, false);
    }
    act("stop " + name(bundle), bundle, host -> parts.agent.stop(host, options));
  }

  /** Resolves it, or says what it lacks; empty when it is resolved. */
  String missing(LocalBundle bundle) throws BundleException {
    checkInstalled(bundle);
    return parts.agent.resolve(bundle.host().getBundleId());
  }

  /** It is known no more, and the host was told so. */
  void forget(LocalBundle bundle) {
    if (byHost.remove(bundle.host().getBundleId(), bundle)) {
      uninstalled.put(bundle.counter(), entry(bundle, true));
      while (uninstalled.size() > UNINSTALLED_MAX) {
        uninstalled.pollFirstEntry();
      }
      if (!bundle.inDoubt()) {
        LOG.log(Level.INFO, "{0}: uninstalled {1}", node().name(), bundle.id());
        parts.listener.gone(bundle.id());
      }
    }
  }

  /** One operation of the host. */
  private interface HostCall {
    void on(long hostId) throws BundleException;
  }

  private void act(String what, LocalBundle bundle, HostCall call) throws BundleException {
    checkInstalled(bundle);
    Thread caller = Thread.currentThread();
    Env.Cancellable watch =
        parts.env.schedule(Duration.ofMillis(parts.timeoutMillis), () -> late(what, caller));
    try {
      call.on(bundle.host().getBundleId());
    } catch (BundleException | IllegalStateException | SecurityException e) {
      throw failed(what, e);
    } finally {
      watch.cancel();
      tell(bundle);
    }
  }

  private void late(String what, Thread caller) {
    LOG.log(
        Level.WARNING,
        "{0}: {1} has not returned after {2} ms, it is {3}: activators that wait for each other wait for ever",
        node().name(),
        what,
        parts.timeoutMillis,
        HostErrors.where(caller.getStackTrace()));
  }

  /** The group hears how it is now. */
  void tell(LocalBundle bundle) {
    if (byHost.containsKey(bundle.host().getBundleId()) && !bundle.inDoubt()) {
      parts.listener.changed(bundle);
    }
  }

  static void checkInstalled(LocalBundle bundle) {
    if (bundle.host().getState() == Bundle.UNINSTALLED) {
      throw new IllegalStateException(bundle.id() + " is uninstalled");
    }
  }

  static String name(LocalBundle bundle) {
    return bundle.id() + " " + bundle.host().getSymbolicName();
  }

  BundleException failed(String what, Exception cause) {
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

  /** Puts on file what there is. */
  void save() throws IOException {
    save(false);
  }

  private void save(boolean clean) throws IOException {
    synchronized (parts.file) {
      if (closed) { // who comes late must not write down that there are none
        throw new IOException("the virtual framework of " + node().name() + " has stopped");
      }
      List<BundleFile.Entry> entries = new ArrayList<>(uninstalled.values());
      Set<Long> known = new HashSet<>();
      for (LocalBundle bundle : byHost.values()) {
        known.add(bundle.counter());
        entries.add(entry(bundle, false));
      }
      for (Installing each : installing.values()) {
        if (!known.contains(each.change.counter())) {
          entries.add(entry(each.change));
        }
      }
      parts.file.write(new BundleFile.Listing(entries, clean));
    }
  }

  private static BundleFile.Entry entry(LocalBundle bundle, boolean uninstalled) {
    return new BundleFile.Entry(
        bundle.counter(),
        bundle.host().getBundleId(),
        bundle.saved(),
        uninstalled ? bundle.host().getLastModified() : bundle.modified(),
        uninstalled,
        uninstalled ? null : bundle.underWay());
  }

  private static BundleFile.Entry entry(Change change) {
    Saved saved = new Saved(change.location(), change.sha256(), change.size(), false, false);
    return new BundleFile.Entry(change.counter(), BundleFile.NO_HOST, saved, 0, false, change);
  }

  /** An administrator may act on the host bundle itself: the group hears of it like of our own doing. */
  @Override
  public void bundleChanged(BundleEvent event) {
    LocalBundle bundle = byHost.get(event.getBundle().getBundleId());
    if (bundle == null) {
      return;
    }
    int type = event.getType();
    boolean ours = bundle.underWay() != null;
    if (type == BundleEvent.UNINSTALLED) {
      forget(bundle);
    } else {
      if (type == BundleEvent.UPDATED && !ours) {
        bundle.modified(bundle.host().getLastModified());
      }
      tell(bundle);
    }
    if (!ours && (type & (BundleEvent.UNINSTALLED | BundleEvent.UPDATED)) != 0) {
      try {
        save(); // else the next start would take it for something that the host forgot
      } catch (IOException e) {
        LOG.log(Level.WARNING, "{0}: {1}: {2}", node().name(), bundle.id(), e);
      }
    }
  }
}
