package org.fluidosgi.framework.internal.group;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.security.cert.X509Certificate;
import java.util.Dictionary;
import java.util.Enumeration;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import org.fluidosgi.channel.Incarnation;
import org.fluidosgi.framework.VirtualBundle;
import org.fluidosgi.framework.VirtualId;
import org.fluidosgi.framework.VirtualNode;
import org.fluidosgi.framework.internal.core.BundleFacts;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.Version;

/** A virtual bundle that another node holds: facts from its record, operations sent there. Its classes and resources are not here.
 * Invariant: once UNINSTALLED it stays so. Threads: any; facts are one volatile, written under the monitor. */
@SuppressWarnings("NullAway") // Bundle is specified with nulls
final class RemoteBundle implements VirtualBundle {
  private final Remote remote;
  private volatile VirtualNode node;
  private volatile BundleFacts facts;
  private volatile @Nullable Incarnation incarnation;
  private volatile @Nullable Map<String, String> headers;

  /** Carries operations to the node. */
  interface Remote {
    /** Starts it; returns the facts after it. */
    BundleFacts start(RemoteBundle bundle, int options) throws BundleException;

    BundleFacts stop(RemoteBundle bundle, int options) throws BundleException;

    BundleFacts update(RemoteBundle bundle, @Nullable InputStream content) throws BundleException;

    void uninstall(RemoteBundle bundle) throws BundleException;

    Map<String, String> headers(RemoteBundle bundle, String locale) throws BundleException;

    /** Its services that this node has imported; null when there are none. */
    ServiceReference<?> @Nullable [] services(RemoteBundle bundle);

    /** Something became of it. Called in the order in which it did; does not block. */
    void changed(RemoteBundle bundle);
  }

  RemoteBundle(
      Remote remote, VirtualNode node, BundleFacts facts, @Nullable Incarnation incarnation) {
    this.remote = remote;
    this.node = node;
    this.facts = facts;
    this.incarnation = incarnation;
  }

  /** Its node told more of itself. */
  void on(VirtualNode now) {
    node = now;
  }

  /** Takes newer facts over; older ones of the same incarnation are dropped. */
  synchronized void apply(VirtualNode now, BundleFacts news, @Nullable Incarnation of) {
    node = now;
    boolean sameLife = of == null || incarnation == null || of.equals(incarnation);
    if (of != null) {
      incarnation = of;
    }
    if (facts.state() == UNINSTALLED || (sameLife && news.revision() < facts.revision())) {
      return;
    }
    if (news.modified() != facts.modified()) {
      headers = null;
    }
    facts = news;
    remote.changed(this);
  }

  /** Tells it as it is to those who listen, for it may have become a bundle of this group. */
  synchronized void tell() {
    remote.changed(this);
  }

  /** Its node left or uninstalled it. */
  synchronized void gone() {
    facts = facts.withState(UNINSTALLED);
    remote.changed(this);
  }

  BundleFacts facts() {
    return facts;
  }

  @Override
  public VirtualId id() {
    return facts.id();
  }

  @Override
  public VirtualNode node() {
    return node;
  }

  @Override
  public String sha256() {
    return facts.sha256();
  }

  @Override
  public int getState() {
    return facts.state();
  }

  @Override
  public long getBundleId() {
    return facts.id().toLong();
  }

  @Override
  public String getLocation() {
    return facts.location();
  }

  @Override
  public String getSymbolicName() {
    return facts.symbolicName();
  }

  @Override
  public Version getVersion() {
    try {
      return Version.parseVersion(facts.version());
    } catch (IllegalArgumentException e) {
      return Version.emptyVersion;
    }
  }

  @Override
  public long getLastModified() {
    return facts.modified();
  }

  @Override
  public void start() throws BundleException {
    start(0);
  }

  @Override
  public void start(int options) throws BundleException {
    checkInstalled();
    apply(node, remote.start(this, options), null);
  }

  @Override
  public void stop() throws BundleException {
    stop(0);
  }

  @Override
  public void stop(int options) throws BundleException {
    checkInstalled();
    apply(node, remote.stop(this, options), null);
  }

  @Override
  public void update() throws BundleException {
    update(null);
  }

  @Override
  public void update(@Nullable InputStream input) throws BundleException {
    try {
      checkInstalled();
      apply(node, remote.update(this, input), null);
    } finally {
      close(input);
    }
  }

  private static void close(@Nullable InputStream input) throws BundleException {
    try {
      if (input != null) {
        input.close();
      }
    } catch (IOException e) {
      throw new BundleException("the given stream cannot be closed: " + e, e);
    }
  }

  @Override
  public void uninstall() throws BundleException {
    checkInstalled();
    remote.uninstall(this);
    gone();
  }

  private void checkInstalled() {
    if (facts.state() == UNINSTALLED) {
      throw new IllegalStateException(
          this + " is uninstalled, or its node " + node.name() + " left the group");
    }
  }

  @Override
  public Dictionary<String, String> getHeaders() {
    return getHeaders(null);
  }

  @Override
  public Dictionary<String, String> getHeaders(@Nullable String locale) {
    Map<String, String> known = headers;
    if (known == null || locale != null) {
      known = ask(locale);
    }
    return new Hashtable<>(known);
  }

  private Map<String, String> ask(@Nullable String locale) {
    try {
      Map<String, String> answer = remote.headers(this, locale == null ? "" : locale);
      if (locale == null) {
        headers = answer;
      }
      return answer;
    } catch (BundleException e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
  }

  private UnsupportedOperationException elsewhere(String what) {
    return new UnsupportedOperationException(what + " of " + this + ": the bundle is on node "
        + node.name() + ", its content cannot be read from here; ask on that node");
  }

  @Override
  public Class<?> loadClass(String name) throws ClassNotFoundException {
    throw new ClassNotFoundException(name, elsewhere("class " + name));
  }

  @Override
  public URL getResource(String name) {
    throw elsewhere("resource " + name);
  }

  @Override
  public Enumeration<URL> getResources(String name) {
    throw elsewhere("resources " + name);
  }

  @Override
  public URL getEntry(String path) {
    throw elsewhere("entry " + path);
  }

  @Override
  public Enumeration<String> getEntryPaths(String path) {
    throw elsewhere("entries " + path);
  }

  @Override
  public Enumeration<URL> findEntries(String path, String pattern, boolean recurse) {
    throw elsewhere("entries " + path);
  }

  @Override
  public File getDataFile(String filename) {
    throw elsewhere("data file " + filename);
  }

  /** Those that it shares with the group and that are imported here. */
  @Override
  public ServiceReference<?> @Nullable [] getRegisteredServices() {
    checkInstalled();
    return remote.services(this);
  }

  @Override
  public ServiceReference<?> @Nullable [] getServicesInUse() {
    return null;
  }

  @Override
  public @Nullable BundleContext getBundleContext() {
    return null;
  }

  @Override
  public Map<X509Certificate, List<X509Certificate>> getSignerCertificates(int signersType) {
    return Map.of();
  }

  @Override
  public <A> @Nullable A adapt(Class<A> type) {
    return type.isInstance(this) ? type.cast(this) : null;
  }

  @Override
  public boolean hasPermission(Object permission) {
    return true; // permissions are checked where the bundle is
  }

  @Override
  public int compareTo(Bundle other) {
    return Long.compare(getBundleId(), other.getBundleId());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof VirtualBundle bundle && bundle.getBundleId() == getBundleId();
  }

  @Override
  public int hashCode() {
    return Long.hashCode(getBundleId());
  }

  @Override
  public String toString() {
    return facts.symbolicName() + " [" + facts.id() + "]";
  }
}
