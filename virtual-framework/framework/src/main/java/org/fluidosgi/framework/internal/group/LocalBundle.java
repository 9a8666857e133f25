package org.fluidosgi.framework.internal.group;

import java.io.InputStream;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.fluidosgi.framework.VirtualBundle;
import org.fluidosgi.framework.VirtualId;
import org.fluidosgi.framework.VirtualNode;
import org.fluidosgi.framework.internal.LocalControl;
import org.fluidosgi.framework.internal.core.BundleFacts;
import org.fluidosgi.framework.internal.core.ContentStore.Content;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;

/** A virtual bundle of this node: its place in the group beside its host bundle.
 * Invariant: the counter never changes, the ordinal is the node's, so re-numbering the node re-numbers it.
 * Threads: any; the settings are one volatile, changed under the monitor, since operations may run at the same time. */
final class LocalBundle implements LocalControl {
  private final LocalBundles owner;
  private final Bundle host;
  private final long counter;
  private volatile Saved saved;
  private volatile @Nullable VirtualBundle wrapper;

  /** What is kept on file beside host id and counter. */
  record Saved(String location, String sha256, long size, boolean autostart, boolean lazily) {
    Saved withContent(Content content) {
      return new Saved(location, content.sha256(), content.size(), autostart, lazily);
    }

    Saved withContentOf(Saved other) {
      return new Saved(location, other.sha256, other.size, autostart, lazily);
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
    return saved.sha256;
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
    owner.update(this, content);
  }

  @Override
  public void uninstall() throws BundleException {
    owner.uninstall(this);
  }

  /** The record's attributes as of now. */
  BundleFacts facts(long revision) {
    Saved now = saved;
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
        revision);
  }

  /** What the record is found by. */
  Set<String> keys() {
    Set<String> keys = new LinkedHashSet<>();
    String name = host.getSymbolicName();
    if (name != null) {
      keys.add("bsn:" + name);
    }
    keys.add("sha256:" + saved.sha256);
    return keys;
  }
}
