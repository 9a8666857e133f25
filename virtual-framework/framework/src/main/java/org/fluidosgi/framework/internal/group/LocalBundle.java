package org.fluidosgi.framework.internal.group;

import java.io.InputStream;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.fluidosgi.framework.VirtualBundle;
import org.fluidosgi.framework.VirtualId;
import org.fluidosgi.framework.VirtualNode;
import org.fluidosgi.framework.internal.LocalControl;
import org.fluidosgi.framework.internal.core.BundleFacts;
import org.fluidosgi.framework.internal.core.Change;
import org.fluidosgi.framework.internal.core.ContentStore.Content;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;
import org.osgi.framework.startlevel.BundleStartLevel;

/** A virtual bundle of this node: its place in the group beside its host bundle.
 * Invariant: the counter never changes, the ordinal is the node's, so re-numbering the node re-numbers it; one change of its content or
 * existence at a time. Threads: any; settings and change are volatile, written under the monitor, since operations may run at the same time. */
final class LocalBundle implements LocalControl {
  private final LocalBundles owner;
  private final Bundle host;
  private final long counter;
  private volatile Saved saved;
  private volatile long modified;
  private volatile @Nullable Claim claim;
  private volatile @Nullable VirtualBundle wrapper;

  /** The change under way. */
  private record Claim(Change change, long before, CompletableFuture<Void> over) {}

  /** What is kept on file beside host id and counter. */
  record Saved(String location, String sha256, long size, boolean autostart, boolean lazily) {
    Saved with(Content content) {
      return new Saved(location, content.sha256(), content.size(), autostart, lazily);
    }

    Saved withContentOf(Change change) {
      return new Saved(location, change.sha256(), change.size(), autostart, lazily);
    }

    Saved withAutostart(boolean on, boolean byPolicy) {
      return new Saved(location, sha256, size, on, byPolicy);
    }
  }

  LocalBundle(LocalBundles owner, Bundle host, long counter, Saved saved) {
    this.owner = owner;
    this.host = host;
    this.counter = counter;
    this.saved = saved;
  }

  Bundle host() {
    return host;
  }

  long counter() {
    return counter;
  }

  Saved saved() {
    return saved;
  }

  /** Changes the settings, starting from what others changed before; false when they were so already. {@code how} only computes. */
  synchronized boolean change(UnaryOperator<Saved> how) {
    Saved before = saved;
    Saved now = how.apply(before);
    saved = now;
    return !now.equals(before);
  }

  /** The host's time of the last change that we know of; 0 when none is known. */
  long modified() {
    return modified;
  }

  void modified(long time) {
    modified = time;
  }

  /** The change of it that is not over. */
  @Nullable
  Change underWay() {
    Claim now = claim;
    return now == null ? null : now.change;
  }

  /** Whether it is being installed: the group does not know it yet. */
  boolean inDoubt() {
    Change now = underWay();
    return now != null && now.kind() == Change.Kind.INSTALL;
  }

  /** Begins that change; null, or what completes when the one that is under way is over. */
  synchronized @Nullable CompletableFuture<Void> claim(Change change) {
    Claim before = claim;
    if (before == null) {
      claim = new Claim(change, modified, new CompletableFuture<>());
      return null;
    }
    return before.over;
  }

  /** Whether the host has another content than before the change under way, as far as its times tell. */
  boolean touched() {
    Claim now = claim;
    return now != null && (now.before == 0 || now.before != host.getLastModified());
  }

  /** That change is over. */
  void release(Change change) {
    Claim before;
    synchronized (this) {
      before = claim;
      if (before == null || !before.change.equals(change)) {
        return;
      }
      claim = null;
    }
    before.over.complete(null);
  }

  VirtualBundle wrapper() {
    VirtualBundle known = wrapper;
    if (known == null) {
      known = owner.contexts().wrap(host, this);
      wrapper = known;
    }
    return known;
  }

  @Override
  public VirtualId id() {
    return new VirtualId(owner.ordinal(), counter);
  }

  @Override
  public VirtualNode node() {
    return owner.node();
  }

  @Override
  public String sha256() {
    return content().sha256;
  }

  @Override
  public boolean isPersistentlyStarted() {
    return saved.autostart;
  }

  @Override
  public boolean isActivationPolicyUsed() {
    return saved.lazily;
  }

  /** With the content that it has or is getting: the host tells of an update before it is over. */
  private Saved content() {
    Change now = underWay();
    Saved known = saved;
    return now != null && now.kind() == Change.Kind.UPDATE ? known.withContentOf(now) : known;
  }

  @Override
  public void start(int options) throws BundleException {
    owner.start(this, options);
  }

  @Override
  public void stop(int options) throws BundleException {
    owner.stop(this, options);
  }

  @Override
  public void update(@Nullable InputStream content) throws BundleException {
    owner.changes().update(this, content);
  }

  @Override
  public void uninstall() throws BundleException {
    owner.changes().uninstall(this);
  }

  /** The record's attributes as of now. */
  BundleFacts facts(long revision) {
    Saved now = content();
    String name = host.getSymbolicName();
    return new BundleFacts(
        id(),
        host.getBundleId(),
        name == null ? "" : name,
        host.getVersion().toString(),
        now.location,
        now.sha256,
        now.size,
        host.getState(),
        host.getLastModified(),
        new BundleFacts.Start(level(), now.autostart, now.lazily),
        revision);
  }

  private int level() {
    BundleStartLevel level = host.adapt(BundleStartLevel.class);
    return level == null || host.getState() == Bundle.UNINSTALLED ? 1 : level.getStartLevel();
  }

  /** What the record is found by. */
  Set<String> keys() {
    Set<String> keys = new LinkedHashSet<>();
    String name = host.getSymbolicName();
    if (name != null) {
      keys.add("bsn:" + name);
    }
    keys.add("sha256:" + sha256());
    return keys;
  }
}
