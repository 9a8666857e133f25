package org.fluidosgi.framework.internal.group;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.fluidosgi.framework.internal.core.Change;
import org.fluidosgi.framework.internal.core.ContentStore.Content;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;

/** Compares the node's list of virtual bundles with its host at a start, and makes the host agree.
 * A host may have forgotten what it did last: Equinox writes its state some time after a change, so that a process that is killed loses the
 * last ones. What is missing in the host or older than on file is installed or updated again, what was uninstalled is uninstalled again; but
 * when the virtual framework ended while its host went on, what is missing was removed by an administrator. What was being changed is brought to
 * where it was before, so that the change can be resumed. Threads: one. */
final class Recovery {
  private static final System.Logger LOG = System.getLogger("org.fluidosgi.framework");
  private static final String MARKER = "virtual-bundles";
  private final LocalBundles owner;
  private final LocalBundles.Parts parts;
  private final List<LocalBundle> bundles = new ArrayList<>();
  private final Map<Long, BundleFile.Entry> uninstalled = new TreeMap<>();
  private final List<Change> installing = new ArrayList<>();
  private final List<Change> changes = new ArrayList<>();
  private boolean sameHost;
  private boolean clean;

  /** What there is. Shape: {@code installing} are those of {@code changes} whose bundle the host may not have. */
  record Found(
      List<LocalBundle> bundles,
      Map<Long, BundleFile.Entry> uninstalled,
      List<Change> installing,
      List<Change> changes) {}

  Recovery(LocalBundles owner, LocalBundles.Parts parts) {
    this.owner = owner;
    this.parts = parts;
  }

  Found recover() throws IOException {
    BundleFile.Listing listing = parts.file().read();
    var marker = parts.context().getDataFile(MARKER);
    sameHost = marker != null && marker.exists();
    clean = sameHost && listing.clean();
    for (BundleFile.Entry entry : listing.entries()) {
      Change change = entry.change();
      if (entry.uninstalled()) {
        uninstallAgain(entry);
      } else if (change != null && change.kind() == Change.Kind.INSTALL) {
        changes.add(change);
        installing.add(change);
        Bundle host = host(entry);
        if (host != null) {
          bundles.add(bundle(host, entry));
        }
      } else {
        bringBack(entry);
      }
    }
    if (marker != null && !sameHost && !marker.createNewFile()) {
      LOG.log(Level.DEBUG, "marker was there already");
    }
    return new Found(bundles, uninstalled, installing, changes);
  }

  private @Nullable Bundle host(BundleFile.Entry entry) {
    String location = entry.saved().location();
    Bundle host = entry.hostId() == BundleFile.NO_HOST
        ? parts.context().getBundle(location)
        : parts.context().getBundle(entry.hostId());
    return host != null && host.getLocation().equals(location) ? host : null;
  }

  private void uninstallAgain(BundleFile.Entry entry) {
    Bundle host = host(entry);
    if (host == null || host.getLastModified() > entry.modified()) {
      return; // it is gone, or somebody installed another one
    }
    try {
      parts.agent().uninstall(host.getBundleId());
    } catch (BundleException | RuntimeException e) {
      warn(entry, e);
    }
    uninstalled.put(entry.counter(), entry);
  }

  private void bringBack(BundleFile.Entry entry) {
    Change change = entry.change();
    Bundle host = host(entry);
    boolean fresh = false;
    if (host == null && !clean) {
      host = reinstall(entry);
      fresh = host != null;
    }
    if (host == null) {
      LOG.log(
          Level.INFO, "{0}: {1} is no longer installed here", owner.node().name(), entry.saved());
      return;
    }
    LocalBundle bundle = bundle(host, entry);
    if (fresh) {
      bundle.modified(host.getLastModified());
    } else if (!clean && change == null) {
      updateAgain(bundle, entry);
    }
    bundles.add(bundle);
    if (change != null) {
      changes.add(change);
    }
  }

  private LocalBundle bundle(Bundle host, BundleFile.Entry entry) {
    LocalBundle bundle = new LocalBundle(owner, host, entry.counter(), entry.saved());
    bundle.modified(entry.modified() == 0 ? host.getLastModified() : entry.modified());
    if (entry.change() != null) {
      bundle.claim(entry.change());
    }
    return bundle;
  }

  private @Nullable Bundle reinstall(BundleFile.Entry entry) {
    String location = entry.saved().location();
    Content content = parts.contents().store().find(entry.saved().sha256()).orElse(null);
    if (content == null || parts.context().getBundle(location) != null) {
      return null;
    }
    try {
      return parts.context().getBundle(parts.agent().install(location, content.file()));
    } catch (BundleException | RuntimeException e) {
      warn(entry, e);
      return null;
    }
  }

  private void updateAgain(LocalBundle bundle, BundleFile.Entry entry) {
    if (entry.modified() == 0 || bundle.host().getLastModified() == entry.modified()) {
      return;
    }
    Content content = parts.contents().store().find(entry.saved().sha256()).orElse(null);
    if (content == null) {
      return;
    }
    try {
      parts.agent().update(bundle.host().getBundleId(), content.file());
      bundle.modified(bundle.host().getLastModified());
    } catch (BundleException | RuntimeException e) {
      warn(entry, e);
    }
  }

  private void warn(BundleFile.Entry entry, Exception failure) {
    LOG.log(
        Level.WARNING,
        "{0}: {1}: {2}",
        owner.node().name(),
        entry.saved().location(),
        HostErrors.cause(failure));
  }
}
